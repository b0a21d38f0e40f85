import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { PayloadBatch, SubscriberSink } from '../../../src/fanout/subscriber-sink.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import type { Operations } from '../../../src/operation/port.ts';
import { UNLIMITED_MEMORY } from '../../../src/protocol/memory-gate.ts';
import { Connection } from '../../../src/protocol/websocket/connection.ts';
import { connectionContext } from '../../../src/protocol/websocket/connection-context.ts';
import { DEFAULT_CONNECTION_LIMITS } from '../../../src/protocol/websocket/limits.ts';
import type { MessageSocket } from '../../../src/protocol/websocket/message-socket.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const SUBSCRIBERS = 2_000;
const BATCHES = 20;
/** One small object for each subscriber and batch would be 24 bytes at least. */
const MAX_BYTES = 8;
/** The compiler needs a while; code that it has not come to yet leaves objects behind. */
const MAX_ROUNDS = 100;

// Objects stay where they are made, and are counted, until garbage is collected: let that not happen within a round.
setFlagsFromString('--expose-gc');
setFlagsFromString('--min-semi-space-size=64');
const collectGarbage = runInNewContext('gc') as () => void;

/** The sinks of as many connections with one subscription each, over sockets that take everything. */
function openSinks(): readonly SubscriberSink[] {
  const sinks: SubscriberSink[] = [];
  const operations: Operations = {
    prepare: () => ({
      type: 'subscription',
      subscribe(sink) {
        sinks.push(sink);
        return { end() {}, resume() {}, cursor: () => undefined };
      },
    }),
  };
  const context = connectionContext({
    operations,
    limits: DEFAULT_CONNECTION_LIMITS,
    clock: new ManualClock(),
    drops: { countDrop() {} },
    memory: UNLIMITED_MEMORY,
    log: silentLogger,
  });
  const socket: MessageSocket = { send: () => 'sent', close() {} };
  for (let n = 0; n < SUBSCRIBERS; n += 1) {
    const connection = new Connection(socket, context);
    connection.opened('graphql-transport-ws');
    connection.receive(Buffer.from('{"type":"connection_init"}'), false);
    const id = `id-${String(n).padStart(6, '0')}`;
    connection.receive(Buffer.from(JSON.stringify({ id, type: 'subscribe', payload: { query: '' } })), false);
  }
  return sinks;
}

/** Bytes that one round leaves behind for each subscriber and batch. */
function allocated(sinks: readonly SubscriberSink[], payloads: readonly Buffer[]): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < BATCHES; n += 1) {
    const batch: PayloadBatch = { payloads, bytes: 0, framings: new Map() };
    for (let index = 0; index < sinks.length; index += 1) {
      const sink = sinks[index];
      if (sink?.writable) sink.next(batch);
    }
  }
  return (process.memoryUsage().heapUsed - before) / (BATCHES * SUBSCRIBERS);
}

for (const count of [1, 4]) {
  it(`a batch of ${count} leaves nothing behind for each subscriber`, (test) => {
    const sinks = openSinks();
    assert.equal(sinks.length, SUBSCRIBERS);
    const payloads = Array.from({ length: count }, () => Buffer.from('{"data":{"a":1}}'));
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < MAX_ROUNDS && least > MAX_BYTES; round += 1) {
      least = Math.min(least, Math.abs(allocated(sinks, payloads)));
    }
    test.diagnostic(`${least.toFixed(2)} bytes`);
    assert.ok(least <= MAX_BYTES, `${least.toFixed(2)} bytes`);
  });
}
