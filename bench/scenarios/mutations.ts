import { setTimeout as pause } from 'node:timers/promises';
import { HttpPublisher } from '../load/http-publisher.ts';
import { Latencies, type Percentiles } from '../load/latencies.ts';
import type { Row } from '../report/row.ts';
import type { MeasuredServer } from '../servers/measured-server.ts';
import { startPeer } from '../servers/peer.ts';
import { startSluice } from '../servers/sluice.ts';
import { ownCpuSeconds, usageOf } from '../support/process-usage.ts';
import type { Bench, Scenario } from './bench.ts';
import { type Delivery, mutationOf } from './fanout.ts';

interface Case {
  readonly delivery: Delivery;
  readonly connections: number;
  readonly goal: readonly number[];
}

const CASES: readonly Case[] = [
  { delivery: 'EPHEMERAL', connections: 32, goal: [45_000] },
  { delivery: 'BUFFERED', connections: 32, goal: [] },
  { delivery: 'DURABLE', connections: 32, goal: [] },
  { delivery: 'DURABLE', connections: 256, goal: [25_000] },
];

const FIRST_RECEIPT_MS = 20_000;

interface Published {
  /** All that came, those of the warm-up included. */
  readonly receipts: number;
  readonly perSecond: number;
  readonly latency: Percentiles;
  readonly failures: number;
  readonly generatorCpu: number;
  readonly serverCpu: number;
}

export const mutations: Scenario = {
  name: 'mutations',
  summary: 'mutations per second over keep-alive HTTP, and the time to their receipts, per delivery',
  async run(bench) {
    const rows: Row[] = [];
    for (const { delivery, connections, goal } of CASES) {
      const sluice = await publish(
        bench,
        await startSluice(bench.brokers, bench.cores, { kafka: delivery === 'DURABLE' }),
        delivery,
        connections,
      );
      const peer =
        delivery === 'EPHEMERAL'
          ? await publish(bench, await startPeer(bench.brokers, bench.cores), delivery, connections)
          : undefined;
      const what = `${delivery}, ${connections} connections`;
      rows.push({
        measure: `mutations/s, ${what}`,
        unit: '/s',
        better: 'higher',
        goal,
        ...(goal.length === 0 ? {} : { headline: true as const }),
        sluice: [sluice.perSecond],
        peer: peer && [peer.perSecond],
        note: `cores: server ${sluice.serverCpu.toFixed(2)}, generator ${sluice.generatorCpu.toFixed(2)}${sluice.failures > 0 ? `; ${sluice.failures} failed` : ''}`,
      });
      rows.push({
        measure: `time to the receipt p50 / p99 / p999 at that rate, ${what}`,
        unit: 'ms',
        better: 'lower',
        goal: [],
        sluice: [sluice.latency.p50, sluice.latency.p99, sluice.latency.p999],
        peer: peer && [peer.latency.p50, peer.latency.p99, peer.latency.p999],
      });
    }
    return rows;
  },
};

/** A closed loop: each connection sends the next event when it has the receipt of the one before. */
async function publish(
  bench: Bench,
  server: MeasuredServer,
  delivery: Delivery,
  connections: number,
): Promise<Published> {
  const { seconds, serverWarmSeconds } = bench.effort;
  const publisher = new HttpPublisher({
    port: server.port,
    path: server.path,
    connections,
    streams: 1,
    mutation: mutationOf(delivery),
  });
  const sentAt = new Map<number, number>();
  const latencies = new Latencies();
  let next = 0;
  let receipts = 0;
  let measured = 0;
  let over = false;
  const send = (): void => {
    if (over || !publisher.publish(next, 0)) return;
    sentAt.set(next, performance.now());
    next += 1;
  };
  publisher.onAnswer = (number, isReceipt) => {
    const sent = sentAt.get(number) ?? Number.NaN;
    sentAt.delete(number);
    if (isReceipt) receipts += 1;
    if (isReceipt && measuring) {
      measured += 1;
      latencies.add(performance.now() - sent);
    }
    send();
  };
  let measuring = false;
  try {
    for (let count = 0; count < connections; count += 1) send();
    const deadline = performance.now() + FIRST_RECEIPT_MS;
    while (receipts === 0 && performance.now() < deadline) await pause(5);
    if (receipts === 0) throw new Error(`no mutation was answered with a receipt: ${publisher.reasons.join('; ')}`);
    await pause(serverWarmSeconds * 1000);
    const [started, cpu, server0] = [performance.now(), ownCpuSeconds(), usageOf([server.pid]).cpuSeconds];
    measuring = true;
    await pause(seconds * 1000);
    measuring = false;
    const elapsed = (performance.now() - started) / 1000;
    const published: Published = {
      receipts,
      perSecond: measured / elapsed,
      latency: latencies.percentiles(),
      failures: publisher.failures,
      generatorCpu: (ownCpuSeconds() - cpu) / elapsed,
      serverCpu: (usageOf([server.pid]).cpuSeconds - server0) / elapsed,
    };
    const what = `${server.name} ${delivery}, mutations over ${connections} connections`;
    bench.say(
      `${what}: ${Math.round(published.perSecond).toLocaleString('en')}/s, p50 ${published.latency.p50.toFixed(2)} p99 ${published.latency.p99.toFixed(2)} ms; ` +
        `cores: server ${published.serverCpu.toFixed(2)}, generator ${published.generatorCpu.toFixed(2)}; ${published.failures} failed`,
    );
    for (const reason of publisher.reasons) bench.say(`  ${reason}`);
    bench.keep(what, { ...published });
    return published;
  } finally {
    over = true;
    publisher.close();
    await server.stop();
  }
}
