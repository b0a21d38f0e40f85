import { spawnSync } from 'node:child_process';

const WANTED = 65_536;

/** Lets this process and those that it starts open many files, where the system allows it; else scenarios take fewer connections. */
export function openFiles(): void {
  spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${WANTED}:${WANTED}`]);
}
