import type { JsonObject, JsonValue } from '../json/value.ts';
import { type AnswerError, graphqlRequest, isObject } from './graphql-request.ts';

/** One event of the input: JSON text of an object. */
export interface EventToPublish {
  /** Where it stands in the input, from 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * What became of one event (P94, P95).
 * - rejected: not stored; this input will never pass.
 * - unavailable: not stored; worth another try.
 * - unknown: may or may not be stored.
 */
export type EventOutcome =
  | { readonly type: 'acknowledged'; readonly line: number; readonly receipt: JsonObject }
  | {
      readonly type: 'rejected' | 'unavailable' | 'unknown';
      readonly line: number;
      /** Of `extensions.code`; empty when the server gave none. */
      readonly code: string;
      readonly message: string;
    };

export interface PublishedBatch {
  /** One an event, in order. */
  readonly outcomes: readonly EventOutcome[];
  /** The server is gone: sending more is of no use. */
  readonly serverGone: boolean;
}

/** Codes of events that are surely not stored and may pass later. */
const UNAVAILABLE = new Set(['BROKER_UNAVAILABLE', 'LIMIT_EXCEEDED']);

/** Codes after which nobody knows. */
const UNKNOWN = new Set(['PUBLISH_INDETERMINATE', 'INTERNAL_SERVER_ERROR', '']);

/**
 * Publishes a batch through the mutation of `findMutation`. A request that was refused whole, because one event does not fit, is
 * halved until the misfits stand alone: nothing of a refused request was stored. Never rejects.
 */
export async function publishEvents(
  url: string,
  query: string,
  events: readonly EventToPublish[],
): Promise<PublishedBatch> {
  const answer = await graphqlRequest(url, query, `{"events":[${events.map(({ text }) => text).join(',')}]}`);
  if (answer.type === 'unreachable') {
    const failed = { type: 'unavailable', code: 'UNREACHABLE', message: `nothing answers: ${answer.reason}` } as const;
    return { outcomes: events.map(({ line }) => ({ ...failed, line })), serverGone: true };
  }
  if (answer.type === 'lost') {
    const failed = { type: 'unknown', code: 'NO_ANSWER', message: answer.reason } as const;
    return { outcomes: events.map(({ line }) => ({ ...failed, line })), serverGone: false };
  }
  const results = answer.data?.['results'];
  if (Array.isArray(results)) {
    return { outcomes: events.map(({ line }, index) => outcomeOf(line, results[index])), serverGone: false };
  }
  const [error] = answer.errors;
  if (answer.data === undefined && events.length > 1 && error !== undefined && typeOf(error.code) === 'rejected') {
    const half = Math.ceil(events.length / 2);
    // One after the other: the order of the events is the order of the stream.
    const first = await publishEvents(url, query, events.slice(0, half));
    if (first.serverGone) {
      const failed = { type: 'unavailable', code: 'UNREACHABLE', message: 'nothing answers' } as const;
      const rest = events.slice(half).map(({ line }) => ({ ...failed, line }));
      return { outcomes: [...first.outcomes, ...rest], serverGone: true };
    }
    const second = await publishEvents(url, query, events.slice(half));
    return { outcomes: [...first.outcomes, ...second.outcomes], serverGone: second.serverGone };
  }
  const code = error?.code ?? '';
  const message = answer.errors.map(errorText).join('; ');
  return { outcomes: events.map(({ line }) => ({ type: typeOf(code), line, code, message })), serverGone: false };
}

function outcomeOf(line: number, result: JsonValue | undefined): EventOutcome {
  if (!isObject(result)) return { type: 'unknown', line, code: '', message: 'the server gave no result for it' };
  const { __typename: typeName, ...members } = result;
  if (typeName === 'PublishReceipt') return { type: 'acknowledged', line, receipt: members };
  const code = typeof members['code'] === 'string' ? members['code'] : '';
  return { type: typeOf(code), line, code, message: String(members['message']) };
}

function typeOf(code: string): 'rejected' | 'unavailable' | 'unknown' {
  if (UNKNOWN.has(code)) return 'unknown';
  return UNAVAILABLE.has(code) ? 'unavailable' : 'rejected';
}

function errorText({ message }: AnswerError): string {
  return message;
}
