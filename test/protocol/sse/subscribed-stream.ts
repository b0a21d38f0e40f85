import assert from 'node:assert/strict';
import { type OpenedStream, TestEndpoint, type TestRequest } from '../http/exchange.ts';
import { at, type ScriptedSubscription } from '../scripted-operations.ts';

export const SUBSCRIBE: TestRequest = { body: '{"query":"subscription"}' };

export interface Subscribed extends OpenedStream {
  readonly test: TestEndpoint;
  readonly subscription: ScriptedSubscription;
}

/** A subscription whose opening comment was read. */
export async function subscribed(
  test: TestEndpoint = new TestEndpoint(),
  request: TestRequest = SUBSCRIBE,
): Promise<Subscribed> {
  const opened = await test.open(request);
  assert.equal(opened.socket.take(), ':\n\n');
  return { ...opened, test, subscription: at(test.operations.subscriptions, -1) };
}
