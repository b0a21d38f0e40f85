// What the server says about a subscription's position, read from results, pings and errors (P90 to P93, P100).

/** Events of a subscription that may have been lost. */
export interface GapFacts {
  /** The server's word (`link_lost`, `slow_subscriber`, …), or one of the client's own: see `Gap`. */
  readonly reason: string;
  /** The earliest moment from which something may be missing, ISO 8601. */
  readonly since: string | undefined;
}

export interface PositionFacts {
  readonly cursor: string | undefined;
  readonly gap: GapFacts | undefined;
}

export interface ExpiredFacts {
  /** `trimmed`, `recreated`, `truncated` or `invalid`. */
  readonly reason: string;
  /** The oldest position that can be read; undefined when the server names none. */
  readonly oldest: string | undefined;
}

const NOTHING: PositionFacts = { cursor: undefined, gap: undefined };

/** From the `extensions` of a result, or an entry of a ping; anything malformed counts as absent. */
export function readPosition(value: unknown): PositionFacts {
  if (!isObject(value)) return NOTHING;
  const { cursor, gap } = value;
  return { cursor: text(cursor), gap: readGap(gap) };
}

/** The entries of a ping's payload: operation id and position. */
export function* readProgress(payload: unknown): Generator<[operationId: string, PositionFacts]> {
  if (!isObject(payload) || !isObject(payload['sluice'])) return;
  for (const [operationId, entry] of Object.entries(payload['sluice'])) yield [operationId, readPosition(entry)];
}

/** From the payload of an `error` message, which is a list of GraphQL errors; undefined when it is another error. */
export function readExpired(error: unknown): ExpiredFacts | undefined {
  if (!Array.isArray(error)) return undefined;
  for (const each of error) {
    const extensions: unknown = isObject(each) ? each['extensions'] : undefined;
    if (!isObject(extensions) || extensions['code'] !== 'CURSOR_EXPIRED') continue;
    return { reason: text(extensions['reason']) ?? 'unknown', oldest: text(extensions['oldest']) };
  }
  return undefined;
}

function readGap(value: unknown): GapFacts | undefined {
  if (!isObject(value)) return undefined;
  return { reason: text(value['reason']) ?? 'unknown', since: text(value['since']) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
