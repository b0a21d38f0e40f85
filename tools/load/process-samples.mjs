// What a process uses, once a second, from Linux's /proc. Elsewhere there are no samples.

import { readFileSync } from 'node:fs';

const EVERY_MS = 1000;
/** Clock ticks per second: 100 on every Linux that Node runs on. */
const TICKS = 100;
const PAGE_BYTES = 4096;

/**
 * @param {number | undefined} pid
 * @returns {() => import('./result.ts').ProcessSample[]} ends the sampling and returns what was sampled
 */
export function sampleProcess(pid) {
  const samples = [];
  if (pid === undefined || process.platform !== 'linux') return () => samples;
  const started = performance.now();
  let before = { at: started, seconds: cpuSeconds(pid) };
  const timer = setInterval(() => {
    const now = { at: performance.now(), seconds: cpuSeconds(pid) };
    const residentBytes = residentBytesOf(pid);
    if (now.seconds === undefined || before.seconds === undefined || residentBytes === undefined) return;
    const cores = ((now.seconds - before.seconds) * 1000) / (now.at - before.at);
    samples.push({ second: Math.round((now.at - started) / 1000), residentBytes, cores });
    before = now;
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return samples;
  };
}

function cpuSeconds(pid) {
  // The name of the program, in parentheses, may hold spaces.
  const fields = readProcess(pid, 'stat')
    ?.replace(/^.*\) /s, '')
    .split(' ');
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function residentBytesOf(pid) {
  const fields = readProcess(pid, 'statm')?.split(' ');
  return fields === undefined ? undefined : Number(fields[1]) * PAGE_BYTES;
}

function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It has ended.
    return undefined;
  }
}
