import { type MediaType, parseMediaType } from './media-type.ts';

/** The media types of a GraphQL response over HTTP. */
export type ResponseType = 'application/json' | 'application/graphql-response+json';

/** In the order in which Sluice prefers them where the client does not care. */
const RESPONSE_TYPES: readonly ResponseType[] = ['application/json', 'application/graphql-response+json'];

const EVENT_STREAM = 'text/event-stream';

/** What a client takes as an answer. */
export interface Acceptance {
  /** P60: undefined when it takes neither. */
  readonly responseType: ResponseType | undefined;
  /**
   * P40, P69: `preferred` streams every operation, `accepted` subscriptions only. A client must name the type: one that says that it
   * takes anything does not expect an answer without an end.
   */
  readonly eventStream: 'preferred' | 'accepted' | 'refused';
}

/** How much a client wants a media type, and how early in its list it named what matched. */
interface Preference {
  readonly quality: number;
  readonly index: number;
}

const UNWANTED: Preference = { quality: 0, index: Number.POSITIVE_INFINITY };
const ANYTHING: Acceptance = { responseType: 'application/json', eventStream: 'refused' };

/** P40, P60: what an Accept header takes. Empty takes any response, which is JSON. */
export function readAccept(accept: string): Acceptance {
  if (accept === '' || accept === '*/*' || accept.trim() === '') return ANYTHING;
  const ranges = rangesOf(accept);
  let responseType: ResponseType | undefined;
  let best = UNWANTED;
  for (const type of RESPONSE_TYPES) {
    const preference = preferenceFor([type, 'application/*', '*/*'], ranges);
    if (isBetter(preference, best)) {
      responseType = type;
      best = preference;
    }
  }
  const stream = preferenceFor([EVENT_STREAM, 'text/*'], ranges);
  if (stream.quality === 0) return { responseType, eventStream: 'refused' };
  return { responseType, eventStream: isBetter(stream, best) ? 'preferred' : 'accepted' };
}

/** Does a client ask for a page above all, as browsers do when somebody types an address? It must name the type. */
export function prefersHtml(accept: string): boolean {
  if (!accept.includes('text/html')) return false;
  const ranges = rangesOf(accept);
  const html = preferenceFor(['text/html'], ranges);
  return html.quality > 0 && RESPONSE_TYPES.every((type) => isBetter(html, preferenceFor([type, '*/*'], ranges)));
}

function rangesOf(accept: string): readonly MediaType[] {
  return accept
    .split(',')
    .map((part) => parseMediaType(part.trim()))
    .filter((range) => range !== undefined);
}

function isBetter(one: Preference, other: Preference): boolean {
  return one.quality > other.quality || (one.quality === other.quality && one.index < other.index);
}

/** The most specific range decides (RFC 9110 §12.5.1); `names` begin with it. */
function preferenceFor(names: readonly string[], ranges: readonly MediaType[]): Preference {
  for (const name of names) {
    const index = ranges.findIndex((range) => range.name === name);
    const range = ranges[index];
    if (range !== undefined) {
      const quality = qualityOf(range);
      return quality === 0 ? UNWANTED : { quality, index };
    }
  }
  return UNWANTED;
}

function qualityOf(range: MediaType): number {
  const text = range.parameters.get('q');
  if (text === undefined) return 1;
  const quality = Number(text);
  return quality >= 0 && quality <= 1 ? quality : 0;
}
