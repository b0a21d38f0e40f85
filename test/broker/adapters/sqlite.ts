import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BrokerEnvironment } from '../../../src/broker/environment.ts';
import type { Broker } from '../../../src/broker/port.ts';
import { createSqliteBroker } from '../../../src/broker/sqlite/broker.ts';
import { openLogFile } from '../../../src/broker/sqlite/log-file.ts';
import { logTopics } from '../../../src/broker/sqlite/topics.ts';
import { Trimmer } from '../../../src/broker/sqlite/trimmer.ts';
import type { Topic, TopicInstance } from '../../../src/routing/topic.ts';
import type { AdapterUnderTest, ContractTopics, StoredRecord } from '../adapter-under-test.ts';
import { acknowledged } from '../bench.ts';
import { testEnvironment } from '../environment.ts';
import { bufferedTopics, durableTopics, keyOf } from '../topics.ts';

/** A bound small enough for the rule of the record that is too large. */
const maxWaitingBytes = 16 * 1024 * 1024;

/** The log of an instance, read with plain SQL over a connection of its own. */
export function readLog(folder: string, instance: TopicInstance): StoredRecord[] {
  const database = new DatabaseSync(join(folder, 'log.sqlite'), { readOnly: true });
  try {
    return database
      .prepare(
        `SELECT key, value, attributes FROM event JOIN instance ON instance.id = instance_id
         WHERE instance.name = ? ORDER BY sequence`,
      )
      .all(instance)
      .map((row) => ({
        key: row['key'] === null ? undefined : String(row['key']),
        value: Buffer.from(row['value'] as Uint8Array),
        attributes: new Map(Object.entries(JSON.parse(String(row['attributes'] ?? '{}')) as Record<string, string>)),
      }));
  } finally {
    database.close();
  }
}

/** Trims one instance to its newest `keep`, with the log's own trimmer over a connection of its own. */
function trimLog(folder: string, topic: Topic, instance: TopicInstance, keep: number): void {
  const topics = logTopics([topic]).map((each) => ({ ...each, retentionMs: undefined, maxEvents: keep }));
  const file = openLogFile(folder, topics, Date.now(), undefined);
  try {
    const row = file.database.prepare('SELECT id FROM instance WHERE name = ?').get(instance);
    const grown = new Set<number>();
    const trimmer = new Trimmer(file, grown);
    grown.clear();
    grown.add(Number(row?.['id']));
    while (trimmer.trim(Date.now()).more);
  } finally {
    file.database.close();
  }
}

function sqliteAdapter(delivery: 'BUFFERED' | 'DURABLE', topics: ContractTopics): AdapterUnderTest {
  return {
    name: 'sqlite',
    delivery,
    topics,
    publishDeadlineMs: 5_000,
    async start() {
      const root = await mkdtemp(join(tmpdir(), 'sluice-sqlite-'));
      let folders = 0;
      /** Rules read the log of the broker that they made last. */
      let current = '';
      const open = (environment?: Partial<BrokerEnvironment>): Broker =>
        createSqliteBroker({ folder: current, maxWaitingBytes }, testEnvironment(topics, environment));
      return {
        create(environment) {
          current = join(root, `data-${++folders}`);
          return open(environment);
        },
        child: {
          module: new URL('../../../src/broker/sqlite/broker.ts', import.meta.url).href,
          factory: 'createSqliteBroker',
          config: { folder: join(root, 'child') },
        },
        restart: { can: false, why: 'no server: a crash of its thread and a kill are tested in test/broker/sqlite' },
        proxy: { can: false, why: 'no link: the log is a file' },
        foreign: { can: false, why: 'one process owns the folder, so there is no other writer' },
        readBack: { can: true, records: async (_topic, instance) => readLog(current, instance) },
        history: {
          can: true,
          reopen: open,
          trim: async (topic, instance, keep) => trimLog(current, topic, instance, keep),
          async recreate(topic, instance, values) {
            await rm(current, { recursive: true });
            const broker = open();
            await broker.open();
            for (const value of values) {
              const key = keyOf(topic, instance);
              acknowledged(await broker.publish({ topic, instance, key, value, attributes: new Map() }));
            }
            await broker.close();
          },
          recreateUnderBroker: {
            can: false,
            why: 'the open file goes on when its name is taken away: tested with its thread in test/broker/sqlite',
          },
          beyondEnd: 'truncated',
        },
        subscriptions: { can: false, why: 'no server that counts: tails are handed what is committed' },
        attributes: { can: true },
        tooLarge: { can: true, valueBytes: maxWaitingBytes + 1 },
        stop: () => rm(root, { recursive: true, force: true }),
      };
    },
  };
}

export const sqliteBufferedAdapter: AdapterUnderTest = sqliteAdapter('BUFFERED', bufferedTopics);
export const sqliteDurableAdapter: AdapterUnderTest = sqliteAdapter('DURABLE', durableTopics);
