import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import type { Served } from '../cli/child.ts';
import { eventually } from '../support/eventually.ts';

/** A restart under load: every client follows one lane of one kind, and each lane has one publisher. */
export interface DrainRunOptions {
  /** The process that goes, and the one that takes over. */
  readonly first: Served;
  readonly second: Served;
  readonly clients: number;
  /** Types of the schema below. */
  readonly kinds: readonly DrainKind[];
  readonly lanesOfKind: number;
  /** Milliseconds from one event of a lane to the next. */
  readonly intervalMs: number;
}

export type DrainKind = 'order' | 'job';

/** `order` is DURABLE, `job` BUFFERED. */
export const DRAIN_SCHEMA: string = `
type Order @topic(name: "orders.{lane}", delivery: DURABLE) { lane: ID!  number: Int! }
type Job @topic(name: "jobs.{lane}", delivery: BUFFERED, maxEvents: 1000000) { lane: ID!  number: Int! }
`;

/** What was seen. */
export interface DrainReport {
  readonly exitCode: number | string | null;
  /** How often the first process closed a socket with each code. */
  readonly closeCodes: ReadonlyMap<number, number>;
  /** From the signal until the first and the last of them, in milliseconds. */
  readonly closedAfterMs: readonly [first: number, last: number];
  readonly acknowledged: number;
  readonly deliveries: number;
  /** Clients whose events are not 0, 1, 2 … to the last acknowledged one of their lane; what each has in place of it. */
  readonly wrong: readonly string[];
}

const DEADLINE_MS = 180_000;

class Lane {
  readonly kind: DrainKind;
  readonly name: string;
  acknowledged = 0;

  constructor(kind: DrainKind, name: string) {
    this.kind = kind;
    this.name = name;
  }
}

/** Runs it: everyone attached, SIGTERM to the first process while all lanes publish, everyone caught up. */
export async function runDrain(options: DrainRunOptions): Promise<DrainReport> {
  const { first, second, clients: count, kinds, lanesOfKind, intervalMs } = options;
  const lanes = kinds.flatMap((kind) => Array.from({ length: lanesOfKind }, (_, index) => new Lane(kind, `l${index}`)));
  // As a load balancer does: whoever connects after the signal comes to the second process.
  let target = first;
  let signalledAt = 0;
  const closings: { readonly code: number; readonly at: number }[] = [];
  const followers: { readonly lane: Lane; readonly numbers: number[]; failure: unknown }[] = [];
  const clients: Client[] = [];
  let connected = 0;
  let attached = 0;
  for (let index = 0; index < count; index += 1) {
    const lane = lanes[index % lanes.length] as Lane;
    const follower = { lane, numbers: [] as number[], failure: undefined as unknown };
    followers.push(follower);
    const client = createResumableClient({
      url: () => target.url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      on: {
        connected() {
          connected += 1;
        },
        closed(event) {
          if (signalledAt > 0) closings.push({ code: (event as { code: number }).code, at: performance.now() });
        },
      },
    });
    clients.push(client);
    client.subscribe(
      { query: `subscription { ${lane.kind}(lane: "${lane.name}", from: { earliest: true }) { number } }` },
      {
        next({ data }) {
          const number = (data?.[lane.kind] as { readonly number: number } | undefined)?.number;
          if (number === 0) attached += 1;
          follower.numbers.push(number ?? -1);
        },
        error(failure) {
          follower.failure = failure;
        },
        complete() {},
      },
    );
    // A storm of connections is another test.
    if (index % 100 === 99) await eventually(() => connected > index - 200, { deadlineMs: DEADLINE_MS });
  }

  let publishing = true;
  const publishers = lanes.map(async (lane) => {
    while (publishing) {
      if (await publish(target.url, lane)) lane.acknowledged += 1;
      await pause(intervalMs);
    }
  });
  let exitCode: number | string | null;
  try {
    await eventually(() => attached === count, { deadlineMs: DEADLINE_MS, what: 'the first event of every client' });
    signalledAt = performance.now();
    const stopped = first.stop();
    // Publishes go on towards the one that drains, until it refuses them.
    await eventually(() => closings.length > 0, { deadlineMs: DEADLINE_MS, what: 'the first close' });
    target = second;
    exitCode = await stopped;
    await eventually(() => closings.length >= count, { deadlineMs: DEADLINE_MS, what: 'the close of every socket' });
  } finally {
    publishing = false;
    await Promise.all(publishers);
  }
  const caughtUp = (): boolean =>
    followers.every(({ lane, numbers, failure }) => failure !== undefined || numbers.length >= lane.acknowledged);
  await eventually(caughtUp, { deadlineMs: DEADLINE_MS, what: 'all events at every client' }).catch(() => {});
  // Whatever came twice would be here by now.
  const wrong = followers.flatMap(({ lane, numbers, failure }) => {
    const right = numbers.length === lane.acknowledged && numbers.every((number, index) => number === index);
    if (right && failure === undefined) return [];
    return [`${lane.kind} ${lane.name} of ${lane.acknowledged}: ${JSON.stringify(failure)} ${numbers.join(' ')}`];
  });
  await Promise.all(clients.map((client) => client.dispose()));
  const closeCodes = new Map<number, number>();
  for (const { code } of closings) closeCodes.set(code, (closeCodes.get(code) ?? 0) + 1);
  const moments = closings.map(({ at }) => at - signalledAt);
  return {
    exitCode,
    closeCodes,
    closedAfterMs: [Math.min(...moments), Math.max(...moments)],
    acknowledged: lanes.reduce((sum, lane) => sum + lane.acknowledged, 0),
    deliveries: followers.reduce((sum, { numbers }) => sum + numbers.length, 0),
    wrong,
  };
}

/**
 * Publishes the next number of a lane; true when it was acknowledged. Whatever else is answered must mean that it was not written, as
 * the same number is published again then: a written one would be seen twice.
 */
async function publish(url: string, lane: Lane): Promise<boolean> {
  const type = lane.kind === 'order' ? 'Order' : 'Job';
  const query = `mutation { publish${type}(event: { lane: "${lane.name}", number: ${lane.acknowledged} }) { publishedAt } }`;
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
  } catch (error) {
    // A connection that was refused; one that was cut would be a lost answer, and shows as an event that came twice.
    assert.ok(error instanceof TypeError);
    return false;
  }
  const text = await response.text();
  if (response.status === 503) return false;
  assert.equal(response.status, 200, text);
  assert.ok(!text.includes('"errors"'), text);
  return true;
}
