import type { Position } from '../../../src/broker/record.ts';
import { OperationError } from '../../../src/error/operation-error.ts';
import { stringifyJson } from '../../../src/json/text.ts';
import type { JsonValue } from '../../../src/json/value.ts';
import type { MemberFunction } from '../../../src/operation/own-member.ts';
import { failureOf, receiptOf } from '../../../src/operation/receipt.ts';
import type { RootValue } from '../../../src/operation/root-value.ts';
import { topicInfo } from '../../../src/operation/topic-info.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import type { GatewaySchema, TopicApi } from '../../../src/schema/gateway-schema.ts';
import type { Tape } from '../../fanout/projection/tape.ts';

const POSITIONS: readonly (Position | undefined)[] = [
  undefined,
  { type: 'redis-stream', epoch: 'e', id: '17-3', ordinal: 9 },
  { type: 'log', epoch: 'e', sequence: 4 },
  { type: 'kafka', partition: 3, offset: 9_007_199_254_740_993n, leaderEpoch: 1 },
];

/** Root values whose answers a tape decides, and the calls that they got. */
export interface ScriptedRoot {
  readonly rootValue: RootValue;
  /** Response key and arguments as JSON text, in order. */
  readonly calls: string[];
}

export function scriptedRoot(gateway: GatewaySchema, tape: Tape): ScriptedRoot {
  const calls: string[] = [];
  const fields: Record<string, MemberFunction> = Object.create(null);
  const answering =
    (answer: () => unknown): MemberFunction =>
    (values, _context, responseKey) => {
      calls.push(`${responseKey} ${stringifyJson(values as unknown as JsonValue)}`);
      if (tape.chance(5)) throw new Error('thrown at once');
      return tape.chance(10) ? answer() : (async () => answer())();
    };
  const topics = gateway.topics.map(topicInfo);
  fields['topics'] = () => topics;
  for (const api of gateway.topics) {
    const { mutation, mutationBatch } = api.fields;
    if (mutation !== undefined) fields[mutation] = answering(() => receipt(api, tape));
    if (mutationBatch !== undefined) fields[mutationBatch] = answering(() => batch(api, tape));
  }
  return { rootValue: fields, calls };
}

function receipt(api: TopicApi, tape: Tape): unknown {
  if (tape.chance(25)) throw failure(tape);
  const made = receiptOf(api.topic, 'a' as TopicInstance, 1_700_000_000_000 + tape.below(100), tape.pick(POSITIONS));
  if (tape.chance(85)) return made;
  // What no broker of ours gives.
  return tape.pick([
    null,
    undefined,
    7,
    { ...made, publishedAt: 1.5 },
    { ...made, topic: null },
    { ...made, partition: 'three' },
    { ...made, delivery: 'NEVER' },
    { ...made, streamId: { id: 1 } },
  ]);
}

function batch(api: TopicApi, tape: Tape): unknown {
  if (tape.chance(15)) throw failure(tape);
  if (tape.chance(8)) return tape.pick([null, 7, [null], [{ __typename: 'Nothing' }], [{}]]);
  return Array.from({ length: tape.below(4) }, (_, index) =>
    tape.chance(40)
      ? failureOf(new OperationError('PUBLISH_REJECTED', 'Line\n"two"'), ['events', index])
      : receipt(api, tape),
  );
}

function failure(tape: Tape): Error {
  return tape.pick([
    new OperationError('PUBLISH_REJECTED', 'the event is too large'),
    new OperationError('BROKER_UNAVAILABLE', 'no link'),
    new OperationError('PUBLISH_INDETERMINATE', 'the answer is not known'),
    new OperationError('LIMIT_EXCEEDED', 'too many', { limit: 'maxBatchEvents', value: 3 }),
    new Error('a mistake of the program'),
  ]);
}
