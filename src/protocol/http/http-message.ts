import type { AddressSource } from './client-address.ts';

/** The head of an HTTP request, as far as the protocol reads it. */
export interface RequestHead {
  /** In capitals, for example `POST`. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** How many Content-Length headers there are. With two, a proxy and Sluice could disagree on where the request ends (A12). */
  readonly contentLengths: number;
  /** The value of a header by its name in small letters; empty when it is absent. */
  header(name: string): string;
  readonly from: AddressSource;
}

/**
 * Names in small letters. Values are constants, numbers, or what was checked to be an origin or names of headers (cors.ts): nothing
 * else of a request comes back in them (A10).
 */
export type ResponseHeaders = readonly (readonly [name: string, value: string])[];

/** A whole HTTP response. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** UTF-8 text. */
  readonly body: string;
  /** The connection ends after the response: its request body was not read to the end, or the server drains. */
  readonly closeConnection: boolean;
}
