// What processes have used, as Linux counts it in /proc.
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** In user mode and in the kernel. */
  readonly cpuSeconds: number;
  readonly kernelSeconds: number;
  readonly residentBytes: number;
}

/** Linux counts in hundredths of a second and pages of 4 KiB on all that Node 24 runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Of the processes and the children that they have now. A process that has gone counts nothing. */
export function usageOf(pids: readonly number[]): Usage {
  let [cpuSeconds, kernelSeconds, residentBytes] = [0, 0, 0];
  for (const pid of withChildren(pids)) {
    const stat = read(`/proc/${pid}/stat`);
    // The name in brackets may hold spaces; user and kernel time are the 12th and 13th field after it, the resident pages the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const user = Number(fields[11] ?? 0) / TICKS_PER_SECOND;
    const kernel = Number(fields[12] ?? 0) / TICKS_PER_SECOND;
    cpuSeconds += exactCpuSeconds(pid) ?? user + kernel;
    kernelSeconds += kernel;
    residentBytes += Number(fields[21] ?? 0) * PAGE_BYTES;
  }
  return { cpuSeconds, kernelSeconds, residentBytes };
}

/** Of this process, its threads included, in seconds. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of all processes on all cores since the machine started, in seconds. */
export function machineCpuSeconds(): number {
  const fields = (read('/proc/stat').split('\n')[0] ?? '').trim().split(/ +/).slice(1).map(Number);
  const [user = 0, nice = 0, kernel = 0, , , interrupts = 0, softInterrupts = 0] = fields;
  return (user + nice + kernel + interrupts + softInterrupts) / TICKS_PER_SECOND;
}

/** To the nanosecond, over all threads that live; undefined where the kernel keeps no such count. */
function exactCpuSeconds(pid: number): number | undefined {
  const nanoseconds = threadsOf(pid).map((thread) =>
    Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]),
  );
  const sum = nanoseconds.reduce((total, each) => total + each, 0);
  return sum > 0 ? sum / 1e9 : undefined;
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function withChildren(pids: readonly number[]): readonly number[] {
  const all = [...pids];
  for (const pid of all) {
    const children = read(`/proc/${pid}/task/${pid}/children`).trim();
    if (children !== '') all.push(...children.split(' ').map(Number));
  }
  return all;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
