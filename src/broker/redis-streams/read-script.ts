import type { Redis } from 'ioredis';
import { readTraceparent } from '../../tracing/trace-context.ts';
import type { ReadLimits } from '../history.ts';
import { STATE_SCRIPT, type StateArguments } from './state-script.ts';
import type { StreamKeys } from './stream-keys.ts';
import type { StreamState } from './stream-state.ts';

/** One entry: its id, and the field `data`. */
export interface RawEntry {
  readonly id: string;
  /** Empty where the entry has no field `data`: the core says EVENT_INVALID. */
  readonly data: Buffer;
  /** See `BrokerRecord`. */
  readonly traceparent?: string;
}

/** What one read found, all at one moment. */
export interface Page {
  readonly state: StreamState;
  /** Is the entry at the asked id kept? */
  readonly exists: boolean;
  /** In the direction of the reading. */
  readonly entries: readonly RawEntry[];
  /** Id of the entry that follows in that direction; undefined at the end. */
  readonly beyond: string | undefined;
}

export type Direction = 'forwards' | 'backwards';

const BEGIN = `
${STATE_SCRIPT}
local state = observe(remembered())
local refused = save(state)
if refused and state.fresh then return refused end
local reply = {state.epoch, state.last, string.format('%.0f', state.base + state.added), state.length, state.first, state.deleted}
`.trim();

/**
 * Steps grow from one entry to 32, so that a script never copies much more than it may send, whatever the bodies are.
 * ARGV: those of the state, then id, direction, entries and bytes at most. An entry is told as its id, with its `traceparent` behind a
 * space where it has one, and its body.
 */
const READ = `
${BEGIN}
local id, limit, room = ARGV[4], tonumber(ARGV[6]), tonumber(ARGV[7])
local function partsOf(fields)
  local body, trace
  for at = 1, #fields - 1, 2 do
    if fields[at] == 'data' then body = body or fields[at + 1]
    elseif fields[at] == 'traceparent' and #fields[at + 1] < 256 then trace = trace or fields[at + 1] end
  end
  return body or '', trace
end
local function read(command, from, to)
  local count, bytes, step = 0, 0, 1
  while true do
    local page = redis.call(command, stream, from, to, 'COUNT', step)
    for _, entry in ipairs(page) do
      local body, trace = partsOf(entry[2])
      if count > 0 and (count >= limit or bytes + #body > room) then
        reply[8] = entry[1]
        return
      end
      reply[#reply + 1] = trace and entry[1] .. ' ' .. trace or entry[1]
      reply[#reply + 1] = body
      count, bytes, from = count + 1, bytes + #body, '(' .. entry[1]
    end
    if #page < step then return end
    step = math.max(1, math.min(32, step * 2, math.ceil((room - bytes) * count / math.max(1, bytes))))
  end
end
reply[7] = #redis.call('XRANGE', stream, id, id)
reply[8] = ''
if ARGV[5] == 'backwards' then read('XREVRANGE', id, '-')
elseif below(id, state.last) then read('XRANGE', '(' .. id, '+') end
return reply
`.trim();

/** ARGV: those of the state, then the lowest id of a time above 0. */
const AROUND = `
${BEGIN}
local after = redis.call('XRANGE', stream, ARGV[4], '+', 'COUNT', 1)
local before = redis.call('XREVRANGE', stream, '(' .. ARGV[4], '-', 'COUNT', 1)
reply[7] = after[1] and after[1][1] or ''
reply[8] = before[1] and before[1][1] or ''
return reply
`.trim();

const STATE = `
${BEGIN}
return reply
`.trim();

/** How far a stream has come, and what of it is kept. */
export async function readState(connection: Redis, keys: StreamKeys, known: StateArguments): Promise<StreamState> {
  return stateOf(await run(connection, STATE, keys, known, []));
}

/** The entries behind an id, or at and before it when read backwards. */
export async function readPage(
  connection: Redis,
  keys: StreamKeys,
  known: StateArguments,
  id: string,
  direction: Direction,
  { maxRecords, maxBytes }: ReadLimits,
): Promise<Page> {
  const reply = await run(connection, READ, keys, known, [id, direction, maxRecords, maxBytes]);
  const entries: RawEntry[] = [];
  for (let at = 8; at + 1 < reply.length; at += 2) {
    const [id = '', trace] = textOf(reply[at]).split(' ');
    const traceparent = readTraceparent(trace);
    entries.push({ id, data: reply[at + 1] as Buffer, ...(traceparent === undefined ? {} : { traceparent }) });
  }
  const beyond = textOf(reply[7]);
  return { state: stateOf(reply), exists: reply[6] !== 0, entries, beyond: beyond === '' ? undefined : beyond };
}

/** The ids of the entries on both sides of a time in milliseconds, which is above 0. */
export async function readAround(
  connection: Redis,
  keys: StreamKeys,
  known: StateArguments,
  time: number,
): Promise<{ readonly state: StreamState; readonly before: string | undefined; readonly after: string | undefined }> {
  const reply = await run(connection, AROUND, keys, known, [`${time}-0`]);
  const [after, before] = [textOf(reply[6]), textOf(reply[7])];
  return {
    state: stateOf(reply),
    before: before === '' ? undefined : before,
    after: after === '' ? undefined : after,
  };
}

async function run(
  connection: Redis,
  script: string,
  { stream, companion }: StreamKeys,
  { fresh, keepMs, keepUnbornMs }: StateArguments,
  more: readonly (string | number)[],
): Promise<readonly unknown[]> {
  const keys = [stream, companion];
  return (await connection.callBuffer('EVAL', [script, 2, ...keys, fresh, keepMs, keepUnbornMs, ...more])) as unknown[];
}

function stateOf([epoch, last, ordinal, length, first, deleted]: readonly unknown[]): StreamState {
  return {
    epoch: textOf(epoch),
    last: textOf(last),
    ordinal: Number(textOf(ordinal)),
    length: Number(length),
    first: textOf(first),
    deleted: textOf(deleted),
  };
}

function textOf(reply: unknown): string {
  return (reply as Buffer).toString('latin1');
}
