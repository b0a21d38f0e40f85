import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Who runs on which core. */
export interface Cores {
  /** For the server that is measured, alone. */
  readonly server: number;
  /** For the generator. */
  readonly generator: number;
  /** For Redis and Kafka: the generator's on a machine with two. */
  readonly brokers: string;
  /** False when the machine has no taskset or one core: nothing is pinned, and runs disturb each other more. */
  readonly pinned: boolean;
}

/** Pins this process, the generator, to its core. */
export function assignCores(): Cores {
  const count = availableParallelism();
  const brokers = count > 2 ? `2-${count - 1}` : '1';
  const taskset = spawnSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)]);
  return { server: 0, generator: 1, brokers, pinned: count > 1 && taskset.status === 0 };
}

/** A command line that runs on the cores, and on nothing else. */
export function onCores(cores: Cores, which: 'server' | 'brokers', command: readonly string[]): readonly string[] {
  return cores.pinned ? ['taskset', '-c', String(cores[which]), ...command] : command;
}

/** Moves a process that runs already. */
export function moveToBrokerCores(cores: Cores, pid: number): void {
  if (cores.pinned) spawnSync('taskset', ['-a', '-p', '-c', cores.brokers, String(pid)]);
}
