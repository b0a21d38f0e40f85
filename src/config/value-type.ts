import { isIP, isIPv6 } from 'node:net';
import { resolve } from 'node:path';

/** A value read from text, or what is wrong with the text. `message` goes on after "… is": "not a port". */
export type ParsedValue<T> =
  | { readonly type: 'value'; readonly value: T }
  | { readonly type: 'invalid'; readonly message: string; readonly fix: string };

/** How the text of a flag, variable or file value becomes a setting. */
export interface ValueType<T> {
  /** Stands for the value in help: `--port PORT`. Empty for a switch, which needs none. */
  readonly placeholder: string;
  /** May the file give it as a list? */
  readonly list: boolean;
  /** `folder` is where a relative path starts. Pure. */
  parse(text: string, folder: string): ParsedValue<T>;
}

const invalid = (message: string, fix: string): ParsedValue<never> => ({ type: 'invalid', message, fix });
const valid = <T>(value: T): ParsedValue<T> => ({ type: 'value', value });

/** A file or folder; becomes absolute. */
export const pathType = (placeholder: 'FILE' | 'FOLDER'): ValueType<string> => ({
  placeholder,
  list: false,
  parse: (text, folder) =>
    text === '' || text.includes('\0') ? invalid('not a path', 'Write a path.') : valid(resolve(folder, text)),
});

/** A TCP port; 0 takes a free one. */
export const portType: ValueType<number> = {
  placeholder: 'PORT',
  list: false,
  parse: (text) =>
    isPort(text)
      ? valid(Number(text))
      : invalid('not a port', 'Write a whole number from 0 to 65535; 0 takes a free port.'),
};

/** On or off. */
export const switchType: ValueType<boolean> = {
  placeholder: '',
  list: false,
  parse(text) {
    if (text === 'true' || text === '1') return valid(true);
    if (text === 'false' || text === '0') return valid(false);
    return invalid('neither true nor false', 'Write true or false.');
  },
};

/** A whole number within bounds, both included. `2_000` and `2,000` are not read: a slip of the hand should not go unseen. */
export const wholeNumberType = (least: number, most: number): ValueType<number> => ({
  placeholder: 'N',
  list: false,
  parse(text) {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most
      ? valid(value)
      : invalid('not a whole number in its bounds', `Write a whole number from ${least} to ${most}.`);
  },
});

const MEMORY_UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 };

/** A size in bytes, as a whole number with or without a unit: `1536MiB`. */
export const memorySizeType: ValueType<number> = {
  placeholder: 'SIZE',
  list: false,
  parse(text) {
    const [, digits = '', unit = ''] = /^(\d{1,15})(KiB|MiB|GiB)?$/.exec(text) ?? [];
    const bytes = digits === '' ? Number.NaN : Number(digits) * (MEMORY_UNITS[unit] ?? Number.NaN);
    return Number.isSafeInteger(bytes)
      ? valid(bytes)
      : invalid('not a size', 'Write a whole number of bytes, or one with KiB, MiB or GiB: 1536MiB.');
  },
};

/** How many processes serve: a number, or one for each core that the process may use. */
export type WorkerCount = number | 'auto';

/** More processes than this on one machine are a slip of the hand. */
const MAX_WORKERS = 256;

/** `auto`, or a whole number of processes. */
export const workerCountType: ValueType<WorkerCount> = {
  placeholder: 'N|auto',
  list: false,
  parse(text) {
    if (text === 'auto') return valid('auto');
    const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
    return count >= 1 && count <= MAX_WORKERS
      ? valid(count)
      : invalid(
          'not a number of processes',
          `Write a whole number from 1 to ${MAX_WORKERS}, or auto for one per core.`,
        );
  },
};

/** A name or address to listen on; brackets around an IPv6 address are dropped. */
export const hostType: ValueType<string> = {
  placeholder: 'HOST',
  list: false,
  parse(text) {
    const host = withoutBrackets(text);
    return isHost(host)
      ? valid(host)
      : invalid(
          'not a host',
          'Write a name or an address alone, for example localhost, 0.0.0.0 or ::1; the port has a setting of its own.',
        );
  },
};

/** One of a few words. */
export const choiceType = <const T extends string>(choices: readonly T[]): ValueType<T> => ({
  placeholder: choices.join('|'),
  list: false,
  parse(text) {
    const choice = choices.find((candidate) => candidate === text);
    return choice === undefined
      ? invalid('not one of the values it may have', `Write ${choices.join(' or ')}.`)
      : valid(choice);
  },
});

/** Text without spaces and control characters: a name, a password. */
export const wordType = (placeholder: 'NAME' | 'TEXT'): ValueType<string> => ({
  placeholder,
  list: false,
  parse: (text) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
    /^[^\s\u0000-\u001f\u007f]{1,1024}$/.test(text)
      ? valid(text)
      : invalid('empty, too long, or holds a space or control character', 'Write it without spaces.'),
});

/** What stands before names on a broker: characters that every broker takes in names, and none that Redis reads as a pattern. */
export const prefixType: ValueType<string> = {
  placeholder: 'TEXT',
  list: false,
  parse: (text) =>
    /^[A-Za-z0-9._-]{1,64}$/.test(text)
      ? valid(text)
      : invalid('not a prefix', 'Write at most 64 of A-Z a-z 0-9 . _ and -, for example staging.'),
};

/** `redis://[user[:password]@]host[:port][/database]`, or `rediss://` for TLS. */
export const redisUrlType: ValueType<string> = {
  placeholder: 'URL',
  list: false,
  parse(text) {
    const shape =
      'Write redis://user:password@host:port/database, or rediss:// for TLS; all but the host may be left out.';
    const url = URL.parse(text);
    if (url === null) return invalid('not a URL', shape);
    if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
      return invalid(`a URL of ${url.protocol}// and not of redis:// or rediss://`, shape);
    }
    if (!isHost(withoutBrackets(url.hostname))) return invalid('without a host', shape);
    if (url.pathname !== '' && !/^\/\d*$/.test(url.pathname)) {
      return invalid('a URL whose path is not the number of a database', shape);
    }
    if (url.search !== '' || url.hash !== '') return invalid('a URL with ? or #, which mean nothing here', shape);
    return valid(text);
  },
};

/** `host:port,host:port`. */
export const addressListType: ValueType<readonly string[]> = {
  placeholder: 'HOST:PORT,…',
  list: true,
  parse(text) {
    const addresses = text.split(',').map((address) => address.trim());
    const bad = addresses.find((address) => !isAddress(address));
    if (bad === undefined) return valid(addresses);
    return invalid(
      bad === '' ? 'a list with an empty entry' : 'not a list of host:port',
      'Write host:port, several with commas between, an IPv6 address in brackets: kafka-1:9092,[::1]:9092.',
    );
  },
};

function isAddress(text: string): boolean {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
  const bare = withoutBrackets(host);
  return isPort(port) && port !== '0' && isHost(bare) && isIPv6(bare) === (bare !== host);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535;
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') && isIPv6(host.slice(1, -1)) ? host.slice(1, -1) : host;
}

/** An address, or a name whose last label is not a number (`256.0.0.1` is a mistyped address, not a name). */
function isHost(host: string): boolean {
  if (isIP(host) !== 0) return true;
  return (
    host.length <= 253 &&
    /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i.test(host) &&
    !/(?:^|\.)\d+\.?$/.test(host)
  );
}
