import { type MediaType, parseMediaType } from './media-type.ts';

/** The media types of a GraphQL response over HTTP. */
export type ResponseType = 'application/json' | 'application/graphql-response+json';

/** In the order in which Sluice prefers them where the client does not care. */
const RESPONSE_TYPES: readonly ResponseType[] = ['application/json', 'application/graphql-response+json'];

/** How much a client wants a media type, and how early in its list it named what matched. */
interface Preference {
  readonly quality: number;
  readonly index: number;
}

/** P60: the response type for an Accept header; undefined when neither is acceptable. Empty accepts everything. */
export function chooseResponseType(accept: string): ResponseType | undefined {
  const ranges = accept
    .split(',')
    .map((part) => parseMediaType(part.trim()))
    .filter((range) => range !== undefined);
  if (accept.trim() === '') return 'application/json';
  let chosen: ResponseType | undefined;
  let best: Preference = { quality: 0, index: Number.POSITIVE_INFINITY };
  for (const type of RESPONSE_TYPES) {
    const preference = preferenceFor(type, ranges);
    const better =
      preference.quality > best.quality || (preference.quality === best.quality && preference.index < best.index);
    if (preference.quality > 0 && better) {
      chosen = type;
      best = preference;
    }
  }
  return chosen;
}

/** The most specific range decides (RFC 9110 §12.5.1). */
function preferenceFor(type: ResponseType, ranges: readonly MediaType[]): Preference {
  for (const name of [type, 'application/*', '*/*']) {
    const index = ranges.findIndex((range) => range.name === name);
    const range = ranges[index];
    if (range !== undefined) return { quality: qualityOf(range), index };
  }
  return { quality: 0, index: Number.POSITIVE_INFINITY };
}

function qualityOf(range: MediaType): number {
  const text = range.parameters.get('q');
  if (text === undefined) return 1;
  const quality = Number(text);
  return quality >= 0 && quality <= 1 ? quality : 0;
}
