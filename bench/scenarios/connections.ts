import { setTimeout as pause } from 'node:timers/promises';
import { Audience } from '../load/audience.ts';
import { ALL_FIELDS, roomOf } from '../load/event.ts';
import type { Row } from '../report/row.ts';
import type { MeasuredServer } from '../servers/measured-server.ts';
import { startPeer } from '../servers/peer.ts';
import { startSluice } from '../servers/sluice.ts';
import { ownCpuSeconds, usageOf } from '../support/process-usage.ts';
import type { Bench, Scenario } from './bench.ts';

const SLUICE_CONNECTIONS = 20_000;
const PEER_CONNECTIONS = 10_000;
/** Warm-up connections are closed again; then both start from what a server that has served needs. */
const WARM_CONNECTIONS = 500;
const SETTLE_MS = 1_500;
/** Open files that a server or the generator needs besides connections. */
const OTHER_FILES = 200;

interface Held {
  readonly connections: number;
  readonly perSecond: number;
  readonly kilobytesEach: number;
  readonly generatorCpu: number;
}

export const connections: Scenario = {
  name: 'connections',
  summary: 'connect + init + subscribe per second, and memory per idle subscribed connection',
  async run(bench): Promise<readonly Row[]> {
    const sluice = await hold(bench, await startSluice(bench.brokers, bench.cores), SLUICE_CONNECTIONS);
    const peer = await hold(bench, await startPeer(bench.brokers, bench.cores), PEER_CONNECTIONS);
    return [
      {
        measure: 'connect + init + subscribe per second',
        unit: '/s',
        better: 'higher',
        goal: [8_000],
        sluice: [sluice.perSecond],
        peer: [peer.perSecond],
        headline: true,
        note: `generator ${sluice.generatorCpu.toFixed(2)} cores`,
      },
      {
        measure: 'memory per idle subscribed connection',
        unit: 'KB',
        better: 'lower',
        goal: [4],
        headline: true,
        sluice: [sluice.kilobytesEach],
        peer: [peer.kilobytesEach],
      },
      {
        measure: 'idle subscribers held by one process',
        unit: '',
        better: 'higher',
        goal: [20_000],
        sluice: [sluice.connections],
        peer: [peer.connections],
        note: `so many were tried${connectionLimit() < SLUICE_CONNECTIONS ? ': the system allows no more open files' : ''}`,
      },
    ];
  },
};

/** Connects so many, and lets go of server and connections when all is measured. */
async function hold(bench: Bench, server: MeasuredServer, wanted: number): Promise<Held> {
  const size = Math.min(Math.round(wanted / bench.effort.divisor), connectionLimit());
  const options = { port: server.port, path: server.path, streams: 1 };
  const query = (): string => `subscription { ephemeral(room: "${roomOf(0)}") { ${ALL_FIELDS} } }`;
  const resident = (): number => usageOf([server.pid]).residentBytes;
  try {
    const warm = await Audience.connect({ ...options, size: Math.min(WARM_CONNECTIONS, size), query });
    warm.close();
    await pause(SETTLE_MS);
    const before = resident();
    const cpu = ownCpuSeconds();
    const audience = await Audience.connect({ ...options, size, query });
    const generatorCpu = (ownCpuSeconds() - cpu) / audience.connectSeconds;
    await pause(SETTLE_MS);
    const held: Held = {
      connections: size - audience.lost,
      perSecond: size / audience.connectSeconds,
      kilobytesEach: (resident() - before) / 1024 / size,
      generatorCpu,
    };
    audience.close();
    bench.say(
      `${server.name}: ${size.toLocaleString('en')} connections, ${Math.round(held.perSecond).toLocaleString('en')}/s, ` +
        `${held.kilobytesEach.toFixed(1)} KB each; generator ${generatorCpu.toFixed(2)} cores`,
    );
    bench.keep(`${server.name}, idle connections`, { ...held });
    return held;
  } finally {
    await server.stop();
  }
}

/** Connections that the system's bound on open files leaves to this process and the servers it starts. */
function connectionLimit(): number {
  const report = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft: number | string } };
  };
  const soft = Number(report.userLimits?.open_files?.soft ?? Number.POSITIVE_INFINITY);
  return Number.isNaN(soft) ? Number.POSITIVE_INFINITY : soft - OTHER_FILES;
}
