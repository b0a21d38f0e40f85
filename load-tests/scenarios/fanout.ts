// One publisher, many subscribers of one chat room: every subscriber must get every event once and in order.
//
// The protocol does not tell a client when its subscription is attached, and EPHEMERAL keeps nothing. So the publisher first calls into
// the room until every subscriber has answered in a second room; then it counts: events 1 to N, and a marker that says N.
// Latency runs from the time at which an event was due, not from when it was sent: a publisher held up by the gateway does not hide it.

import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'k6/timers';
import { GATEWAY_SOCKET_URL, mutate } from '../lib/gateway.ts';
import { subscribe } from '../lib/graphql-transport-ws.ts';
import { SequenceCheck } from '../lib/sequence.ts';

/** k6's own; its types do not declare it. */
declare const console: { error(text: string): void };

interface Profile {
  readonly users: number;
  readonly socketsPerUser: number;
  readonly events: number;
  /** Events per second. */
  readonly rate: number;
}

const PROFILES: Readonly<Record<string, Profile>> = {
  smoke: { users: 5, socketsPerUser: 20, events: 200, rate: 50 },
  steady: { users: 20, socketsPerUser: 50, events: 3000, rate: 50 },
};

const PROFILE_NAME = __ENV['PROFILE'] ?? 'smoke';
const profile = PROFILES[PROFILE_NAME];
if (profile === undefined)
  throw new Error(`There is no profile ${PROFILE_NAME}: take one of ${Object.keys(PROFILES).join(', ')}.`);
const { users, socketsPerUser, events, rate } = profile;
const SUBSCRIBERS = users * socketsPerUser;
const CALL_EVERY_MS = 250;
/** For attaching before, and for stragglers after, the events. */
const PATIENCE_MS = 30_000;
const DEADLINE_MS = (events / rate) * 1000 + 2 * PATIENCE_MS;

const delivered = new Counter('sluice_delivered');
const finished = new Counter('sluice_finished_subscribers');
const gaps = new Counter('sluice_gaps');
const duplicates = new Counter('sluice_duplicates');
const failures = new Counter('sluice_errors');
const latency = new Trend('sluice_delivery_latency', true);

export const options: Options = {
  scenarios: {
    subscribers: {
      executor: 'per-vu-iterations',
      exec: 'subscribers',
      vus: users,
      iterations: 1,
      maxDuration: `${DEADLINE_MS}ms`,
    },
    publisher: {
      executor: 'per-vu-iterations',
      exec: 'publisher',
      vus: 1,
      iterations: 1,
      maxDuration: `${DEADLINE_MS}ms`,
    },
  },
  thresholds: {
    sluice_errors: ['count==0'],
    sluice_gaps: ['count==0'],
    sluice_duplicates: ['count==0'],
    sluice_delivered: [`count==${SUBSCRIBERS * events}`],
    sluice_finished_subscribers: [`count==${SUBSCRIBERS}`],
  },
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max'],
};

const SUBSCRIPTION = 'subscription ($room: String!) { chatMessage(room: $room) { text } }';
const MUTATION = 'mutation ($event: ChatMessageInput!) { publishChatMessage(event: $event) { topic } }';

/** What an event's text carries, as JSON. */
type Message =
  | { readonly type: 'call' }
  | { readonly type: 'here'; readonly subscriber: string }
  | { readonly type: 'event'; readonly sequence: number; readonly due: number }
  | { readonly type: 'end'; readonly events: number };

/** Made once: the rooms of one run are its own, so runs against one gateway do not meet. */
export function setup(): { readonly run: string } {
  return { run: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}` };
}

export function subscribers({ run }: { readonly run: string }): void {
  for (let index = 0; index < socketsPerUser; index += 1) subscriber(run, `${exec.vu.idInTest}-${index}`);
}

function subscriber(run: string, name: string): void {
  const check = new SequenceCheck();
  let answered = false;
  const subscription = listen(room(run), (message) => {
    switch (message.type) {
      case 'call':
        if (answered) break;
        answered = true;
        publish(answersRoom(run), { type: 'here', subscriber: name });
        break;
      case 'event': {
        const { missing, repeated } = check.receive(message.sequence);
        delivered.add(1);
        latency.add(Date.now() - message.due);
        if (missing > 0) gaps.add(missing);
        if (repeated) duplicates.add(1);
        break;
      }
      case 'end':
        if (check.last < message.events) gaps.add(message.events - check.last);
        finished.add(1);
        clearTimeout(late);
        subscription.close();
        break;
      case 'here':
        fail(`an answer in the wrong room, from ${message.subscriber}`);
    }
  });
  const late = setTimeout(() => {
    fail(`subscriber ${name} did not hear the end`);
    subscription.close();
  }, DEADLINE_MS - 1000);
}

export function publisher({ run }: { readonly run: string }): void {
  const here = new Set<string>();
  let started = false;
  const answers = listen(answersRoom(run), (message) => {
    if (message.type !== 'here' || started) return;
    here.add(message.subscriber);
    if (here.size < SUBSCRIBERS) return;
    started = true;
    stopCalling();
    publishAll(run);
  });
  const calling = setInterval(() => publish(room(run), { type: 'call' }), CALL_EVERY_MS);
  const late = setTimeout(() => {
    fail(`${here.size} of ${SUBSCRIBERS} subscribers were there in time`);
    stopCalling();
  }, PATIENCE_MS);
  const stopCalling = (): void => {
    clearInterval(calling);
    clearTimeout(late);
    answers.close();
  };
}

/** One after the other: the order of publishes that wait for each other is the order that subscribers must see. */
async function publishAll(run: string): Promise<void> {
  const start = Date.now();
  for (let sequence = 1; sequence <= events; sequence += 1) {
    const due = start + (sequence * 1000) / rate;
    await until(due);
    await publish(room(run), { type: 'event', sequence, due });
  }
  await publish(room(run), { type: 'end', events });
}

function until(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time - Date.now())));
}

function listen(name: string, heard: (message: Message) => void): { close(): void } {
  return subscribe(
    GATEWAY_SOCKET_URL,
    SUBSCRIPTION,
    { room: name },
    {
      next: (data) => heard(JSON.parse((data as { chatMessage: { text: string } }).chatMessage.text)),
      completed: () => fail('the server ended a subscription'),
      failed: fail,
    },
  );
}

let published = 0;

async function publish(name: string, message: Message): Promise<void> {
  published += 1;
  const id = `${exec.vu.idInTest}-${published}`;
  const event = { id, room: name, author: 'k6', text: JSON.stringify(message), sentAt: new Date().toISOString() };
  const problem = await mutate(MUTATION, { event });
  if (problem !== undefined) fail(`a publish failed: ${problem}`);
}

function fail(reason: string): void {
  failures.add(1);
  console.error(reason);
}

function room(run: string): string {
  return `load-${run}`;
}

function answersRoom(run: string): string {
  return `load-${run}-answers`;
}
