import { createHash } from 'node:crypto';
import { Command, type Redis } from 'ioredis';
import type { Position } from '../record.ts';
import { replyCode } from '../redis/redis-error.ts';
import { STATE_SCRIPT, type StateArguments } from './state-script.ts';
import type { StreamKeys } from './stream-keys.ts';

/** Bodies up to this many bytes travel in the push; longer ones are read from the stream, once per process. */
export const PUSHED_BYTES = 16_384;

/**
 * Writes one entry and tells of it, in one step. Everything that Redis may refuse comes before or is the XADD, so an error reply means that nothing
 * was stored; what follows it uses pcall, and its first failure is returned beside the id. What is remembered is written behind it:
 * scripts do not roll back.
 *
 * XINFO brings the first and the last body along, which costs half a publish again. It is left out where the stream still has the expiry,
 * to the millisecond, that the last publish gave it, and nothing behind the entry of that publish: then nobody has been there since.
 *
 * An id that is not above all known ones (F30: a stream born again after the clock jumped back) begins a new epoch.
 *
 * KEYS: stream, companion. ARGV: those of the state, then maxEvents, retention in ms, bytes to push at most, then the entry's fields with `data`
 * first, and `traceparent` second where there is one.
 */
const PUBLISH = `
${STATE_SCRIPT}
local state = remembered()
if not (state.epoch and state.expires == tostring(redis.call('PEXPIRETIME', stream))
    and #redis.call('XRANGE', stream, '(' .. state.last, '+', 'COUNT', 1) == 0) then observe(state) end
local id = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[4], '*', unpack(ARGV, 7))
local previous = state.last
if not below(previous, id) then
  born(state)
  previous = '0-0'
end
state.last, state.added, state.changed = id, state.added + 1, true
local problem = ''
local function try(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err and problem == '' then problem = reply.err end
  return reply
end
local oldest = tonumber(string.match(id, '^%d+')) - tonumber(ARGV[5])
if oldest > 0 then try('XTRIM', stream, 'MINID', '~', string.format('%.0f', oldest)) end
try('PEXPIRE', stream, ARGV[5])
local expires = try('PEXPIRETIME', stream)
state.expires = type(expires) == 'number' and string.format('%.0f', expires) or ''
local refused = save(state)
if refused and problem == '' then problem = refused.err end
local ordinal = string.format('%.0f', state.base + state.added)
local head = table.concat({'2', state.epoch, previous, id, ordinal, ''}, ' ')
local trace = ARGV[9] == 'traceparent' and ' ' .. ARGV[10] or ''
if #ARGV[8] <= tonumber(ARGV[6]) then try('PUBLISH', companion, head .. '1' .. trace .. '\\n' .. ARGV[8])
else try('PUBLISH', companion, head .. '0\\n') end
return {id, state.epoch, ordinal, problem}
`.trim();

export interface Entry {
  readonly keys: StreamKeys;
  readonly maxEvents: number;
  readonly retentionMs: number;
  /** JSON text. */
  readonly value: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface Written {
  readonly id: string;
  readonly position: Position;
  /** What Redis refused after the entry was stored (expiry, trim or push), for example for want of a right; empty: nothing. */
  readonly problem: string;
}

/** The name under which Redis keeps a script that it has once been sent. */
const PUBLISH_SHA = createHash('sha1').update(PUBLISH).digest('hex');

/** Does Redis know the script by its name? By connection: a new one may lead to another Redis. */
const scriptKnown = new WeakMap<Redis, boolean>();

/**
 * The command that writes one entry: with the script's text until Redis has answered to it on this connection, then with its name, as
 * the text costs Redis as much as the rest. A Redis that has forgotten it (SCRIPT FLUSH) refuses what was sent by name, as surely not
 * stored; sending it again here would let later publishes overtake.
 */
export function writeEntry(connection: Redis, state: StateArguments, entry: Entry): Command {
  const { keys, value, attributes } = entry;
  const { fresh, keepMs, keepUnbornMs } = state;
  const isKnown = scriptKnown.get(connection) === true;
  const args = [
    isKnown ? PUBLISH_SHA : PUBLISH,
    2,
    keys.stream,
    keys.companion,
    fresh,
    keepMs,
    keepUnbornMs,
    entry.maxEvents,
    Math.ceil(entry.retentionMs),
    PUSHED_BYTES,
    'data',
    value,
  ];
  const traceparent = attributes.get('traceparent');
  if (traceparent !== undefined) args.push('traceparent', traceparent);
  for (const [name, text] of attributes) if (name !== 'traceparent') args.push(name, text);
  const command = new Command(isKnown ? 'evalsha' : 'eval', args, REPLY_AS_TEXT);
  if (!isKnown) command.promise.then(() => rememberScript(connection), ignore);
  return command;
}

const REPLY_AS_TEXT = { replyEncoding: 'utf8' } as const;

/** The command's failure is the answer of the publish. */
function ignore(): void {}

function rememberScript(connection: Redis): void {
  if (!scriptKnown.has(connection)) scriptKnown.set(connection, true);
}

/** The command of an entry failed: is the script still known by its name? */
export function entryFailed(connection: Redis, error: unknown): void {
  if (scriptKnown.get(connection) !== true) return;
  const code = replyCode(error);
  if (code === 'NOSCRIPT') scriptKnown.delete(connection);
  // A user who may EVAL and not EVALSHA.
  if (code === 'NOPERM') scriptKnown.set(connection, false);
}

/** What the reply to the command says. */
export function writtenEntry(reply: unknown): Written {
  const [id, epoch, ordinal, problem] = reply as [string, string, string, string];
  return { id, position: { type: 'redis-stream', epoch, id, ordinal: Number(ordinal) }, problem };
}
