import type { ParsedFlags } from '../config/flags.ts';
import { gatewayUrl } from './gateway-url.ts';
import { wholeNumber } from './whole-number.ts';

/** Where the events come from. `name` stands for it in messages. */
export type EventSource =
  | { readonly type: 'argument'; readonly name: string; readonly json: string }
  | { readonly type: 'stdin'; readonly name: string }
  | { readonly type: 'file'; readonly name: string };

export interface PublishSettings {
  readonly typeName: string;
  readonly source: EventSource;
  readonly url: string;
  /** Events per second; undefined: no limit. */
  readonly rate: number | undefined;
  readonly batch: number;
  readonly json: boolean;
}

/** Largest batch that a server takes by default. */
const MAX_BATCH = 1000;

/** The settings of `sluice publish`, or what is wrong with its command line. Pure. */
export function readPublishSettings(
  { values, positionals }: ParsedFlags,
  defaultUrl: string,
): PublishSettings | string {
  const [typeName, json, ...more] = positionals;
  if (typeName === undefined) return 'it needs the event type, for example Quake';
  if (!/^[A-Za-z_]\w*$/.test(typeName)) return `${typeName} is not the name of a type`;
  if (more.length > 0) return `it takes one event, quoted as one word, and there is more: ${more.join(' ')}`;
  const file = values.get('file');
  if (json !== undefined && file !== undefined) return 'give an event or --file, not both';
  const url = gatewayUrl(values.get('url') ?? defaultUrl);
  if (url === undefined) return `--url ${values.get('url')} is not an http:// or https:// URL`;
  const rate = Number(values.get('rate') ?? 1);
  if (!(rate > 0 && Number.isFinite(rate)))
    return `--rate ${values.get('rate')} is not a number of events a second above 0`;
  const batch = wholeNumber(values.get('batch') ?? '100', 1, MAX_BATCH);
  if (batch === undefined) return `--batch ${values.get('batch')} is not a whole number from 1 to ${MAX_BATCH}`;
  const source = sourceOf(json, file);
  if (source === undefined) return 'it needs an event as JSON, or --file FILE';
  return {
    typeName,
    source,
    url,
    rate: values.has('rate') ? rate : undefined,
    batch,
    json: values.get('json') === 'true',
  };
}

function sourceOf(json: string | undefined, file: string | undefined): EventSource | undefined {
  if (json !== undefined) return { type: 'argument', name: 'event', json };
  if (file === undefined) return undefined;
  return file === '-' ? { type: 'stdin', name: 'stdin' } : { type: 'file', name: file };
}
