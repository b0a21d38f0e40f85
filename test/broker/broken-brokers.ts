import { setImmediate as turn } from 'node:timers/promises';
import type { PublishOutcome } from '../../src/broker/outcome.ts';
import type { Broker, PublishRequest, Tail, TailSink } from '../../src/broker/port.ts';

/** A broker that hands every call on, except those that a fault replaces. */
export function delegate(broker: Broker, faulty: Partial<Broker>): Broker {
  return {
    name: broker.name,
    capabilities: broker.capabilities,
    history: broker.history,
    open: () => broker.open(),
    status: () => broker.status(),
    onStatus: (listener) => broker.onStatus(listener),
    stream: (topic, instance) => broker.stream(topic, instance),
    tail: (stream, sink) => broker.tail(stream, sink),
    publish: (request) => broker.publish(request),
    tailCount: () => broker.tailCount(),
    close: (deadlineMs) => broker.close(deadlineMs),
    ...faulty,
  };
}

type Publish = Broker['publish'];

/** Replaces every 40th publish, counted over the broker. */
const sometimes =
  (replace: (publish: Publish, request: PublishRequest) => Promise<PublishOutcome>) => (broker: Broker) => {
    let count = 0;
    const publish: Publish = (request) => broker.publish(request);
    return delegate(broker, {
      publish: (request) => (++count % 40 === 0 ? replace(publish, request) : publish(request)),
    });
  };

/** A broker whose tails tell a sink that a fault stands before. */
export const withSink =
  (replace: (sink: TailSink) => TailSink): ((broker: Broker) => Broker) =>
  (broker) =>
    delegate(broker, { tail: (stream, sink) => broker.tail(stream, replace(sink)) });

const untrue: PublishOutcome = { type: 'acknowledged', publishedAt: Date.now(), position: undefined };

/** One way to break a working broker, and the rule that has to turn red. */
export interface Fault {
  readonly fault: string;
  /** Start of the name of a rule that has to see it. */
  readonly seenBy: string;
  readonly breakIt: (broker: Broker) => Broker;
}

/** What any broker can do wrong. */
export const faultsOfAny: readonly Fault[] = [
  {
    fault: 'an acknowledged event that was dropped',
    seenBy: 'J1, J4: of 10,000 events',
    breakIt: sometimes(async () => untrue),
  },
  {
    fault: 'a doubled event',
    seenBy: 'J1, J4: of 10,000 events',
    breakIt: sometimes(async (publish, request) => {
      await publish(request);
      return publish(request);
    }),
  },
  {
    fault: 'two events swapped',
    seenBy: 'J4: publishes of one instance',
    breakIt: sometimes(async (publish, request) => {
      await turn();
      return publish(request);
    }),
  },
  {
    fault: 'a record that the tail hears twice',
    seenBy: 'J4: publishes of one instance',
    breakIt: withSink((sink) => {
      let count = 0;
      return {
        positioned: (position) => sink.positioned(position),
        advanced: (partition, position) => sink.advanced(partition, position),
        gap: (gap) => sink.gap(gap),
        ended: (reason) => sink.ended(reason),
        record(record) {
          sink.record(record);
          if (++count % 40 === 0) sink.record(record);
        },
      };
    }),
  },
  {
    fault: 'U+2028 written as an escape',
    seenBy: 'JSON text in UTF-8',
    breakIt: (broker) =>
      delegate(broker, {
        publish: (request) => broker.publish({ ...request, value: request.value.replaceAll('\u2028', '\\u2028') }),
      }),
  },
  {
    fault: 'a large value cut short',
    seenBy: 'a value of 1 MiB',
    breakIt: (broker) =>
      delegate(broker, {
        publish: (request) => broker.publish({ ...request, value: request.value.slice(0, 500_000) }),
      }),
  },
  {
    fault: '`attached` before the tail listens',
    seenBy: 'every record acknowledged after `attached`',
    breakIt: (broker) =>
      delegate(broker, {
        tail(stream, sink): Tail {
          let tail: Tail | undefined;
          const timer = setTimeout(() => {
            tail = broker.tail(stream, sink);
          }, 50);
          return {
            attached: Promise.resolve(),
            close() {
              clearTimeout(timer);
              tail?.close();
            },
          };
        },
      }),
  },
  {
    fault: 'a tail that stays when it is closed',
    seenBy: 'J6: churn',
    breakIt: (broker) =>
      delegate(broker, {
        tail: (stream, sink) => ({ attached: broker.tail(stream, sink).attached, close() {} }),
      }),
  },
  {
    fault: 'a sink that is called after close()',
    seenBy: 'a sink hears nothing after close()',
    breakIt: (broker) =>
      delegate(broker, {
        tail(stream, sink): Tail {
          const tail = broker.tail(stream, sink);
          return { attached: tail.attached, close: () => queueMicrotask(() => tail.close()) };
        },
      }),
  },
  {
    fault: 'a tail that begins with an older event',
    seenBy: 'a late tail sees only later events',
    breakIt(broker) {
      let newest: Parameters<TailSink['record']>[0] | undefined;
      return delegate(broker, {
        tail(stream, sink) {
          const older = newest;
          if (older !== undefined) queueMicrotask(() => sink.record(older));
          return broker.tail(stream, {
            positioned: (position) => sink.positioned(position),
            advanced: (partition, position) => sink.advanced(partition, position),
            gap: (gap) => sink.gap(gap),
            ended: (reason) => sink.ended(reason),
            record(record) {
              newest = record;
              sink.record(record);
            },
          });
        },
      });
    },
  },
  {
    fault: 'tails that share what they hear',
    seenBy: 'tails of different streams are independent',
    breakIt(broker) {
      const sinks = new Set<TailSink>();
      return delegate(broker, {
        tail(stream, sink) {
          sinks.add(sink);
          return broker.tail(stream, {
            positioned: (position) => sink.positioned(position),
            advanced: (partition, position) => sink.advanced(partition, position),
            gap: (gap) => sink.gap(gap),
            ended: (reason) => sink.ended(reason),
            record(record) {
              for (const each of sinks) each.record(record);
            },
          });
        },
      });
    },
  },
  {
    fault: 'a wildcard tail without instance and key',
    seenBy: 'a wildcard tail carries every instance',
    breakIt: withSink((sink) => ({
      positioned: (position) => sink.positioned(position),
      advanced: (partition, position) => sink.advanced(partition, position),
      gap: (gap) => sink.gap(gap),
      ended: (reason) => sink.ended(reason),
      record: (record) => sink.record({ ...record, instance: undefined, key: undefined }),
    })),
  },
  {
    fault: 'close() that makes a new promise each time',
    seenBy: 'close() twice is one promise',
    breakIt: (broker) => delegate(broker, { close: async (deadlineMs) => await broker.close(deadlineMs) }),
  },
  {
    fault: 'a publish after close() that is acknowledged',
    seenBy: 'after close()',
    breakIt: (broker) =>
      delegate(broker, {
        async publish(request) {
          const outcome = await broker.publish(request);
          return outcome.type === 'unavailable' ? untrue : outcome;
        },
      }),
  },
  {
    fault: 'a status listener that cannot be removed',
    seenBy: 'status listeners',
    breakIt: (broker) =>
      delegate(broker, {
        onStatus(listener) {
          broker.onStatus(listener);
          return () => {};
        },
      }),
  },
];

/** What only a broker that keeps its events can do wrong. */
export const faultsOfLogs: readonly Fault[] = [
  {
    fault: 'an acknowledgement before the event is stored',
    seenBy: 'J1, J2, J3: close() in the midst',
    breakIt: (broker) =>
      delegate(broker, {
        publish(request) {
          setTimeout(() => void broker.publish(request), 200);
          return Promise.resolve(untrue);
        },
      }),
  },
  {
    fault: 'a stored event that is called unavailable',
    seenBy: 'J1, J2, J3: close() in the midst',
    breakIt: sometimes(async (publish, request) => {
      await publish(request);
      return { type: 'unavailable', reason: 'untrue' };
    }),
  },
  {
    fault: 'an indeterminate event that is stored twice',
    seenBy: 'J1, J2, J3: close() in the midst',
    breakIt: sometimes(async (publish, request) => {
      await Promise.all([publish(request), publish(request)]);
      return { type: 'indeterminate', reason: 'sent twice' };
    }),
  },
  {
    fault: 'a receipt that names another record',
    seenBy: 'positions strictly increase',
    breakIt: sometimes(async (publish, request) => {
      const outcome = await publish(request);
      if (outcome.type !== 'acknowledged' || outcome.position?.type !== 'log') return outcome;
      return { ...outcome, position: { ...outcome.position, sequence: outcome.position.sequence + 1 } };
    }),
  },
  {
    fault: 'too large a record called unavailable',
    seenBy: 'J2: too large a record',
    breakIt: (broker) =>
      delegate(broker, {
        async publish(request) {
          const outcome = await broker.publish(request);
          return outcome.type === 'rejected' ? { ...outcome, type: 'unavailable' } : outcome;
        },
      }),
  },
  {
    fault: 'attributes that are left out',
    seenBy: 'CloudEvents attributes',
    breakIt: (broker) =>
      delegate(broker, { publish: (request) => broker.publish({ ...request, attributes: new Map() }) }),
  },
];
