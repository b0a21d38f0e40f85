import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Audience } from '../load/audience.ts';
import type { Row } from '../report/row.ts';
import { onCores } from '../servers/cores.ts';
import { ownCpuSeconds } from '../support/process-usage.ts';
import type { Bench, Scenario } from './bench.ts';

const SUBSCRIBERS = 1_000;
const FRAMES_PER_WRITE = [1, 16];
const SOURCE = fileURLToPath(new URL('../servers/frame-source.ts', import.meta.url));

/** Every sequence number of every connection is checked here as in all runs. */
export const calibration: Scenario = {
  name: 'calibration',
  summary: 'what the generator itself can take, from a server that only writes',
  async run(bench) {
    const rows: Row[] = [];
    for (const frames of FRAMES_PER_WRITE) {
      const { perSecond, cpu } = await ceiling(bench, frames);
      rows.push({
        measure: `generator: deliveries/s it took from a server that only writes, ${frames} a write`,
        unit: '/s',
        better: 'higher',
        goal: [],
        sluice: undefined,
        peer: undefined,
        note: `${Math.round(perSecond).toLocaleString('en')}/s with ${cpu.toFixed(2)} cores: at one whole core ${Math.round(perSecond / cpu).toLocaleString('en')}/s`,
      });
    }
    return rows;
  },
};

async function ceiling(bench: Bench, frames: number): Promise<{ readonly perSecond: number; readonly cpu: number }> {
  const [program = '', ...words] = onCores(bench.cores, 'server', [process.execPath, SOURCE, String(frames)]);
  const source = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const killAtExit = (): boolean => source.kill('SIGKILL');
  process.once('exit', killAtExit);
  try {
    const [port] = (await once(source.stdout, 'data')) as [Buffer];
    const audience = await Audience.connect({
      port: Number(port.toString()),
      path: '/',
      size: SUBSCRIBERS / bench.effort.divisor,
      streams: 1,
      query: () => 'subscription { all }',
    });
    // Until the last subscribe message has been read.
    await pause(200);
    audience.expectFrom(0);
    source.stdin.write('go\n');
    await pause(bench.effort.warmSeconds * 1000);
    const [started, cpu, received] = [performance.now(), ownCpuSeconds(), audience.check.received];
    await pause(bench.effort.seconds * 1000);
    const elapsed = (performance.now() - started) / 1000;
    const result = {
      perSecond: (audience.check.received - received) / elapsed,
      cpu: (ownCpuSeconds() - cpu) / elapsed,
    };
    const { gaps, duplicates, reordered } = audience.check;
    if (gaps + duplicates + reordered + audience.lost > 0) {
      throw new Error(`the generator miscounts: ${gaps} gaps, ${duplicates} duplicates, ${reordered} reordered`);
    }
    audience.close();
    bench.say(
      `generator, ${frames} frames a write: ${Math.round(result.perSecond).toLocaleString('en')} deliveries/s with ${result.cpu.toFixed(2)} cores`,
    );
    bench.keep(`generator, ${frames} frames a write`, result);
    return result;
  } finally {
    process.off('exit', killAtExit);
    source.kill('SIGKILL');
    await once(source, 'exit');
  }
}
