// How fast history is replayed: to one subscriber, and to 1,000 that resume at once, with the server's memory. The gateway is a process
// of its own on the embedded log; clients only count. Bounded: each part ends after its last event or after two minutes.
// Run: node bench/replay.ts [--kafka HOST:PORT]
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import { serveChild } from '../test/cli/child.ts';

const EVENTS = 50_000;
/** Each of the 1,000 reads so many of the newest events. */
const RESUMED_EVENTS = 1_000;
const SUBSCRIBERS = 1_000;
const PER_SOCKET = 50;
const DEADLINE_MS = 120_000;
const NEXT = '"type":"next"';

const SCHEMA = 'type Tick @topic(name: "ticks", delivery: DURABLE, partitions: 1) { number: Int!  text: String! }';
const PUBLISH = 'mutation ($events: [TickInput!]!) { publishTickBatch(events: $events) { __typename } }';

/** A socket that counts results. */
class Counter {
  count = 0;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      if (data.includes(NEXT)) this.count += 1;
    });
  }

  static async connect(url: string): Promise<Counter> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    return new Counter(socket);
  }

  subscribe(id: number, query: string): void {
    this.#socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
  }

  close(): void {
    this.#socket.terminate();
  }
}

async function until(reached: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!reached()) {
    if (performance.now() > deadline) throw new Error('the deadline passed');
    await pause(5);
  }
}

function residentMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const schema = join(folder, 'schema.graphql');
await writeFile(schema, SCHEMA);
const kafka = process.argv.indexOf('--kafka');
const brokers = kafka === -1 ? [] : ['--kafka-brokers', process.argv[kafka + 1] ?? '', '--create-topics'];
const gateway = await serveChild(join(folder, 'data'), ['--schema', schema, ...brokers]);
try {
  const text = 'x'.repeat(120);
  for (let start = 0; start < EVENTS; start += 1_000) {
    const events = Array.from({ length: 1_000 }, (_, index) => ({ number: start + index, text }));
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: PUBLISH, variables: { events } }),
    });
    await response.text();
  }
  const idle = residentMegabytes(gateway.process.pid);

  const one = await Counter.connect(gateway.url);
  let started = performance.now();
  one.subscribe(1, 'subscription { tick(from: { earliest: true }) { number text } }');
  await until(() => one.count >= EVENTS);
  const alone = performance.now() - started;
  const afterOne = residentMegabytes(gateway.process.pid);
  one.close();

  const sockets = await Promise.all(
    Array.from({ length: SUBSCRIBERS / PER_SOCKET }, () => Counter.connect(gateway.url)),
  );
  started = performance.now();
  for (const socket of sockets) {
    for (let id = 0; id < PER_SOCKET; id += 1) {
      socket.subscribe(id, `subscription { tick(from: { last: ${RESUMED_EVENTS} }) { number text } }`);
    }
  }
  const wanted = SUBSCRIBERS * RESUMED_EVENTS;
  let peak = 0;
  await until(() => {
    peak = Math.max(peak, residentMegabytes(gateway.process.pid));
    return sockets.reduce((sum, socket) => sum + socket.count, 0) >= wanted;
  });
  const together = performance.now() - started;
  for (const socket of sockets) socket.close();

  const rate = (count: number, milliseconds: number): string =>
    Math.round(count / (milliseconds / 1000)).toLocaleString('en');
  console.log(`to one subscriber       ${rate(EVENTS, alone)} records/s (${EVENTS.toLocaleString('en')} records)`);
  console.log(
    `to ${SUBSCRIBERS} that resume    ${rate(wanted, together)} records/s (${RESUMED_EVENTS.toLocaleString('en')} records each)`,
  );
  console.log(
    `memory of the server    ${idle} MB before, ${afterOne} MB after one, ${peak} MB at the peak of ${SUBSCRIBERS}`,
  );
} finally {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
}
