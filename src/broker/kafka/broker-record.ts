import type { BrokerRecord } from '../record.ts';
import type { DecodedRecord } from './record-batch.ts';

/** A record of Kafka as the port hands it out. */
export function brokerRecord(partition: number, record: DecodedRecord, leaderEpoch: number): BrokerRecord {
  const { offset, timestamp, key, value, traceparent } = record;
  const position = { type: 'kafka', partition, offset, leaderEpoch } as const;
  return {
    instance: undefined,
    key,
    value,
    position,
    timestamp,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
