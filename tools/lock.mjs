// One process at a time, by a file that holds the owner's process id: two terminals may start Sluice at once.

import { createHash } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MS = 100;

/**
 * Runs `work` while this process holds the lock of that name; waits as long as a living process holds it.
 * @template T
 * @param {string} name what is locked, unique on this machine
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const path = lockPath(name);
  while (!tryTake(path)) {
    const owner = readOwner(path);
    if (owner !== undefined && !isAlive(owner)) removeOf(path, owner);
    else await delay(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Where the lock of that name lies. */
export function lockPath(name) {
  return join(tmpdir(), `sluice-${createHash('sha256').update(name).digest('hex').slice(0, 16)}.lock`);
}

/** The file appears whole: a link is made to one that already holds the process id. */
function tryTake(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes the lock of a dead owner, and puts it back if a living one took it in the meantime. */
function removeOf(path, owner) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (readOwner(aside) !== owner) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @returns {number | undefined} undefined when the lock was just released */
function readOwner(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
