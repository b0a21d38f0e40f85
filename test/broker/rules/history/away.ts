import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { History } from '../../../../src/broker/history.ts';
import type { Broker } from '../../../../src/broker/port.ts';
import type { Stream } from '../../../../src/broker/stream.ts';
import type { StreamPosition } from '../../../../src/routing/position.ts';
import type { TopicInstance } from '../../../../src/routing/topic.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Bench, within } from '../../bench.ts';
import type { Rule } from '../../rule.ts';
import { Writer } from '../../writer.ts';
import {
  ANSWER_MS,
  cannotKeep,
  historyOf,
  LARGE,
  latest,
  partitionAt,
  publishSome,
  readOn,
  textsOf,
} from './reading.ts';

/** Asks everything at once; each answer has to come by its deadline. */
async function askAll(history: History, stream: Stream, position: StreamPosition): Promise<readonly string[]> {
  const place = partitionAt(position, 0);
  const asked = [
    history.locate(stream, { type: 'earliest' }),
    history.locate(stream, { type: 'latest' }),
    history.locate(stream, { type: 'time', time: Date.now() }),
    history.resume(stream, position),
    history.read(stream, 0, position.log, place, LARGE),
    history.readBackwards(stream, 0, position.log, place, LARGE),
  ];
  const answers = await within(Promise.all(asked), ANSWER_MS, 'every question to be answered');
  return answers.map(({ type }) => type);
}

const ALL_UNAVAILABLE: readonly string[] = Array.from({ length: 6 }, () => 'unavailable');

interface Known {
  readonly instance: TopicInstance;
  readonly stream: Stream;
  readonly start: StreamPosition;
  readonly values: readonly string[];
}

async function known(bench: Bench, broker: Broker, word: string): Promise<Known> {
  const topic = bench.topics.parameter;
  const instance = bench.instance(word);
  const stream = broker.stream(topic, instance);
  await bench.publishEventually(broker, topic, instance, 'marker');
  const start = await latest(historyOf(broker), stream);
  return { instance, stream, start, values: await publishSome(bench, broker, topic, instance, 5) };
}

/** All can be read again, as it was. */
async function worksAgain(bench: Bench, broker: Broker, { instance, stream, start, values }: Known): Promise<void> {
  const history = historyOf(broker);
  await eventually(async () => !(await askAll(history, stream, start)).includes('unavailable'), {
    deadlineMs: 90_000,
    what: 'the history to answer again',
  });
  const reading = await readOn(history, stream, start);
  assert.deepEqual(textsOf(bench, bench.topics.parameter, instance, reading), values);
}

async function afterClose(bench: Bench): Promise<void> {
  const broker = await bench.open();
  const { stream, start } = await known(bench, broker, 'closed');
  const asked = askAll(historyOf(broker), stream, start);
  const closing = broker.close();
  assert.deepEqual(await askAll(historyOf(broker), stream, start), ALL_UNAVAILABLE);
  await closing;
  await asked;
  assert.deepEqual(await askAll(historyOf(broker), stream, start), ALL_UNAVAILABLE);
}

async function serverAway(bench: Bench): Promise<void> {
  const { restart } = bench.server;
  if (!restart.can) throw new Error(restart.why);
  const broker = await bench.open();
  const there = await known(bench, broker, 'history-away');
  await restart.stop();
  try {
    assert.deepEqual(await askAll(historyOf(broker), there.stream, there.start), ALL_UNAVAILABLE);
  } finally {
    await restart.start();
  }
  await worksAgain(bench, broker, there);
}

async function linksStalled(bench: Bench): Promise<void> {
  const { proxy } = bench.server;
  if (!proxy.can) throw new Error(proxy.why);
  const broker = await bench.open(bench.keep(proxy.create()));
  const there = await known(bench, broker, 'history-stall');
  const release = await proxy.stall();
  try {
    assert.deepEqual(await askAll(historyOf(broker), there.stream, there.start), ALL_UNAVAILABLE);
  } finally {
    await release();
  }
  await worksAgain(bench, broker, there);
}

async function linksCut(bench: Bench): Promise<void> {
  const { proxy } = bench.server;
  if (!proxy.can) throw new Error(proxy.why);
  const broker = await bench.open(bench.keep(proxy.create()));
  const there = await known(bench, broker, 'history-cut');
  for (let round = 0; round < 3; round++) {
    const asked = askAll(historyOf(broker), there.stream, there.start);
    await proxy.cut();
    // Either is true; what counts is that each is answered.
    await asked;
    await worksAgain(bench, broker, there);
  }
}

async function shownIsKept(bench: Bench): Promise<void> {
  const { restart, readBack } = bench.server;
  if (!restart.can || !readBack.can) throw new Error('unfit');
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const { instance, stream, start } = await known(bench, broker, 'shown');
  const writer = new Writer(bench, broker, topic, instance);
  const shown = new Set<string>();
  let reading = true;
  async function watch(): Promise<void> {
    while (reading) {
      // It fails while the server is away.
      const found = await readOn(history, stream, start).catch(() => pause(20));
      if (found !== undefined) for (const value of textsOf(bench, topic, instance, found)) shown.add(value);
    }
  }
  const watching = watch();
  try {
    await writer.acknowledgedMore(30);
    await restart.stop();
    await restart.start();
    await writer.acknowledgedMore(10);
  } finally {
    reading = false;
    await watching;
  }
  await writer.stop();
  const stored = new Set(await bench.stored(topic, instance));
  for (const value of shown) assert.ok(stored.has(value), `${value} was shown and then lost`);
  assert.ok(shown.size >= 30);
}

const cannotRestart = (bench: Bench): string | undefined =>
  bench.server.restart.can ? cannotKeep(bench) : bench.server.restart.why;

const cannotProxy = (bench: Bench): string | undefined =>
  bench.server.proxy.can ? cannotKeep(bench) : bench.server.proxy.why;

function cannotCompare(bench: Bench): string | undefined {
  const { restart, readBack } = bench.server;
  if (restart.can && !restart.keepsAcknowledged) return 'the server forgets what it acknowledged';
  return readBack.can ? cannotRestart(bench) : readBack.why;
}

export const historyAwayRules: readonly Rule[] = [
  {
    name: 'the history of a closed broker is unavailable, also for what was asked before',
    unfit: cannotKeep,
    run: afterClose,
  },
  {
    name: 'F3: with stalled links the history is unavailable by its deadline, and works again',
    unfit: cannotProxy,
    run: linksStalled,
  },
  {
    name: 'F8: questions under way when links are cut are answered, and later ones work again',
    unfit: cannotProxy,
    run: linksCut,
  },
  {
    name: 'F20: with the server away the history is unavailable, and works again',
    unfit: cannotRestart,
    run: serverAway,
  },
  { name: 'F1: what a reader was shown is in the log after a kill', unfit: cannotCompare, run: shownIsKept },
];
