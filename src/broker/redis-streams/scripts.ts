import type { Redis } from 'ioredis';
import { companionOf } from './push-message.ts';

/** Bodies up to this many bytes travel in the push; longer ones are read from the stream, once per process. */
export const PUSHED_BYTES = 16_384;

/**
 * Writes one entry and tells of it, in one step. Everything that Redis may refuse comes before or is the XADD, so an error reply means that nothing
 * was stored; what follows it uses pcall, and its first failure is returned beside the id.
 *
 * The previous entry is known without reading bodies: the companion key holds the id of the last entry that this script wrote,
 * and an empty XRANGE behind it shows that no foreign writer came in between.
 *
 * KEYS: stream, companion. ARGV: maxEvents, retention in ms, bytes to push at most, then the entry's fields with `data` first.
 */
const PUBLISH = `
local stream, companion = KEYS[1], KEYS[2]
local last = redis.call('HGET', companion, 'last')
local previous = '-'
if last and #redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 1) == 0 then previous = last end
local id = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[1], '*', unpack(ARGV, 4))
local problem = ''
local function try(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err and problem == '' then problem = reply.err end
end
try('HSET', companion, 'last', id)
local oldest = tonumber(string.match(id, '^%d+')) - tonumber(ARGV[2])
if oldest > 0 then try('XTRIM', stream, 'MINID', '~', string.format('%.0f', oldest)) end
try('PEXPIRE', stream, ARGV[2])
try('PEXPIRE', companion, ARGV[2])
local head = '1 ' .. previous .. ' ' .. id
if #ARGV[5] <= tonumber(ARGV[3]) then try('PUBLISH', companion, head .. ' 1\\n' .. ARGV[5])
else try('PUBLISH', companion, head .. ' 0\\n') end
return {id, problem}
`.trim();

/** The id up to which a stream has given out ids; empty when there is no stream. XINFO would also send the first and last bodies. */
const LAST_ID = `
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for at = 1, #info, 2 do
  if info[at] == 'last-generated-id' then return info[at + 1] end
end
return redis.error_reply('ERR XINFO gave no last-generated-id')
`.trim();

export interface Entry {
  readonly stream: string;
  readonly maxEvents: number;
  readonly retentionMs: number;
  /** JSON text. */
  readonly value: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface Written {
  readonly id: string;
  /** What Redis refused after the entry was stored (expiry, trim or push), for example for want of a right; empty: nothing. */
  readonly problem: string;
}

/** Always sends the script's text: a round of EVALSHA and NOSCRIPT would let later publishes overtake. */
export async function writeEntry(connection: Redis, entry: Entry): Promise<Written> {
  const fields = ['data', entry.value];
  for (const [name, value] of entry.attributes) fields.push(name, value);
  const { stream } = entry;
  const limits = [entry.maxEvents, Math.ceil(entry.retentionMs), PUSHED_BYTES];
  const reply = await connection.eval(PUBLISH, 2, stream, companionOf(stream), ...limits, ...fields);
  const [id, problem] = reply as [string, string];
  return { id, problem };
}

/** As LAST_ID above says. */
export async function readLastId(connection: Redis, stream: string): Promise<string> {
  return (await connection.eval_ro(LAST_ID, 1, stream)) as string;
}
