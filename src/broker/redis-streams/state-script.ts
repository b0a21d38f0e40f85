import { randomBytes } from 'node:crypto';
import type { Topic } from '../../routing/topic.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What every script of this folder is told first. The key `sluice:{instance}` outlives its stream by far, so that a cursor stays valid
 * over a long silence; every look of a tail or a reader renews it. Where it has expired after all, old cursors are told so (recreated).
 */
export interface StateArguments {
  readonly fresh: string;
  readonly keepMs: number;
  /** For a stream that never had an entry: anyone may ask for any instance, and the key must not stay for long. */
  readonly keepUnbornMs: number;
}

export function stateArguments({ policy }: Topic): StateArguments {
  const retention = policy.delivery === 'BUFFERED' ? Math.ceil(policy.retentionMs) : HOUR_MS;
  return {
    fresh: freshEpoch(),
    keepMs: Math.max(30 * DAY_MS, 10 * retention),
    keepUnbornMs: Math.max(DAY_MS, 2 * retention),
  };
}

const EPOCH_BYTES = 12;
let entropy: Buffer = Buffer.alloc(0);

/** A script has no randomness of its own that two servers would not share. Drawn for many at a time: a draw costs 5 µs, however small. */
function freshEpoch(): string {
  if (entropy.length < EPOCH_BYTES) entropy = randomBytes(EPOCH_BYTES * 256);
  const epoch = entropy.toString('base64url', 0, EPOCH_BYTES);
  entropy = entropy.subarray(EPOCH_BYTES);
  return epoch;
}

/**
 * Lua. `observe()` compares a stream with what `sluice:{instance}` remembers of it and gives:
 * `epoch`; `last`, the last id given out; `base + added`, the ordinal of that id; and of what is kept `length`, `first` and `deleted`
 * (the highest id that XDEL took). Whoever looks first gives a stream that only others wrote to its epoch.
 *
 * - No stream, or an empty one that a consumer group made: it ended at `last`, and what follows continues the ordinals.
 * - It gives out ids below `last`: another stream (F30), so another epoch.
 * - It counts fewer entries than it did, or has more behind `last` than were added: it was born again and continues.
 * Entries that a plain writer added to a stream and that went with it between two looks are unknown to everyone.
 *
 * `save(state)` writes only what has changed, so that looking works also where Redis refuses writes (OOM, READONLY).
 * KEYS: stream, companion. ARGV: a fresh epoch, then for how many milliseconds to keep the companion, and an unborn one.
 */
export const STATE_SCRIPT: string = `
local stream, companion = KEYS[1], KEYS[2]
local function below(a, b)
  local at, an = string.match(a, '^(%d+)-(%d+)$')
  local bt, bn = string.match(b, '^(%d+)-(%d+)$')
  if at == bt then at, bt = an, bn end
  if #at ~= #bt then return #at < #bt end
  return at < bt
end
local function born(state)
  state.epoch, state.base, state.changed, state.fresh = ARGV[1], 0, true, true
end
local function remembered()
  local known = redis.call('HMGET', companion, 'epoch', 'last', 'added', 'base', 'expires')
  if not known[1] then return {last = '0-0', added = 0, base = 0} end
  return {epoch = known[1], last = known[2], added = tonumber(known[3]), base = tonumber(known[4]), expires = known[5]}
end
local function observe(state)
  local info = {}
  if redis.call('EXISTS', stream) == 1 then
    local reply = redis.call('XINFO', 'STREAM', stream)
    for at = 1, #reply, 2 do info[reply[at]] = reply[at + 1] end
  end
  local added, length = info['entries-added'] or 0, info['length'] or 0
  local last, first = info['last-generated-id'] or '0-0', info['recorded-first-entry-id'] or '0-0'
  if added == 0 then
    if not state.epoch then born(state)
    elseif state.added > 0 then state.base, state.changed = state.base + state.added, true end
  else
    if not state.epoch or below(last, state.last) or (last == state.last and added < state.added) then
      born(state)
    elseif added < state.added or (length > 0 and below(state.last, first) and added - state.added < length) then
      state.base = state.base + state.added
    end
    if last ~= state.last or added ~= state.added then state.changed = true end
    state.last = last
  end
  state.added, state.length, state.first, state.deleted = added, length, first, info['max-deleted-entry-id'] or '0-0'
  return state
end
local function save(state)
  local keep = tonumber(state.base + state.added > 0 and ARGV[2] or ARGV[3])
  if state.changed then
    local reply = redis.pcall('HSET', companion, 'epoch', state.epoch, 'last', state.last, 'added', state.added,
      'base', state.base, 'expires', state.expires or '')
    if type(reply) == 'table' and reply.err then return reply end
  end
  if state.changed or redis.call('PTTL', companion) < keep / 2 then redis.pcall('PEXPIRE', companion, keep) end
end
`.trim();
