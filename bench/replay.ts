// How fast history is replayed: to one subscriber, to 1,000 that resume at once, and to one beside 200 sockets that stall amid their
// replay; with the server's memory. The gateway is a process of its own on the embedded log; clients only count. Bounded: each part ends after its last event or after two minutes.
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
const STALLED = 200;
const ALL = 'subscription { tick(from: { earliest: true }) { number text } }';
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

  /** Reads no more. */
  stall(): void {
    this.#socket.pause();
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

/** Milliseconds from the subscription to its last event. */
async function timeOfWholeReplay(url: string): Promise<number> {
  const counter = await Counter.connect(url);
  const started = performance.now();
  counter.subscribe(1, ALL);
  await until(() => counter.count >= EVENTS);
  counter.close();
  return performance.now() - started;
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

  // Once to warm up.
  await timeOfWholeReplay(gateway.url);
  const alone = await timeOfWholeReplay(gateway.url);
  const afterOne = residentMegabytes(gateway.process.pid);

  const sockets = await Promise.all(
    Array.from({ length: SUBSCRIBERS / PER_SOCKET }, () => Counter.connect(gateway.url)),
  );
  const started = performance.now();
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

  const stalled = await Promise.all(Array.from({ length: STALLED }, () => Counter.connect(gateway.url)));
  for (const socket of stalled) {
    socket.stall();
    socket.subscribe(1, ALL);
  }
  // Until their buffers are full.
  await pause(3_000);
  const beside = await timeOfWholeReplay(gateway.url);
  for (const socket of stalled) socket.close();

  const rate = (count: number, milliseconds: number): string =>
    Math.round(count / (milliseconds / 1000)).toLocaleString('en');
  console.log(`to one subscriber       ${rate(EVENTS, alone)} records/s (${EVENTS.toLocaleString('en')} records)`);
  console.log(
    `to ${SUBSCRIBERS} that resume    ${rate(wanted, together)} records/s (${RESUMED_EVENTS.toLocaleString('en')} records each)`,
  );
  console.log(`beside ${STALLED} that stall    ${(beside / alone).toFixed(2)} × the time of one alone`);
  console.log(
    `memory of the server    ${idle} MB before, ${afterOne} MB after one, ${peak} MB at the peak of ${SUBSCRIBERS}`,
  );
} finally {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
}
