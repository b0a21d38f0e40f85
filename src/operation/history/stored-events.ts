import type { BrokerRecord } from '../../broker/record.ts';
import { ERROR_CODES, OperationError } from '../../error/operation-error.ts';
import { decodeRecord } from '../../fanout/decode.ts';
import { compileFilter } from '../../fanout/filter/compile.ts';
import type { JsonObject } from '../../json/value.ts';
import type { HistoryRequest } from './request.ts';
import type { HistorySource } from './source.ts';

/** An event of a page: its value, or the error EVENT_INVALID in the place of one that cannot be read (P97). */
export type StoredEvent = JsonObject | OperationError;

/**
 * Reads records as events of the page: undefined for a tombstone, an event of another instance in the same log, and one that `where`
 * does not let through. What cannot be read passes `where`, and concerns every instance unless its address names one, as on a
 * subscription.
 */
export function storedEvents(
  { stream, instance, eventType }: HistorySource,
  { where }: HistoryRequest,
): (record: BrokerRecord) => StoredEvent | undefined {
  const passes = where === undefined ? () => true : compileFilter(eventType, where);
  return (record) => {
    const event = decodeRecord(stream.topic, record);
    if (event === undefined) return undefined;
    if (instance !== undefined && event.instance !== undefined && event.instance !== instance) return undefined;
    switch (event.type) {
      case 'valid':
        return passes(event.value) ? event.value : undefined;
      case 'invalid':
        return new OperationError('EVENT_INVALID', `${ERROR_CODES.EVENT_INVALID}: ${event.reason}`);
      default:
        throw event satisfies never;
    }
  };
}
