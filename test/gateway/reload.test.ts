import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { startKafkaServer } from '../support/kafka-server.ts';
import { MultiplexedClient } from '../support/multiplexed-client.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { serveWorkers } from '../workers/served-workers.ts';

const PATIENCE = { deadlineMs: 60_000 };
const CLIENTS = 12;

const BEFORE = `
type Job @topic(name: "jobs.{room}", delivery: BUFFERED) { room: ID!  number: Int!  note: String }
type Order @topic(name: "orders", delivery: DURABLE) { number: Int!  total: Float }
type Chat @topic(name: "chat", delivery: EPHEMERAL) { text: String! }
`;
/** Chat is gone, and so is Order.total; Order.paid and the topic of Invoice are new. */
const AFTER = `
type Job @topic(name: "jobs.{room}", delivery: BUFFERED) { room: ID!  number: Int!  note: String }
type Order @topic(name: "orders", delivery: DURABLE) { number: Int!  paid: Boolean }
type Invoice @topic(name: "invoices", delivery: DURABLE) { number: Int! }
`;

describe('F25: a reload under load, on real brokers and two workers', () => {
  const folder = temporaryFolder({ 'schema.graphql': BEFORE });
  /** As editors and Kubernetes do: a whole file takes the place of the old one. */
  const write = (text: string): void => {
    writeFileSync(`${folder}/next`, text);
    renameSync(`${folder}/next`, `${folder}/schema.graphql`);
  };

  it('who still fits sees nothing of it, who does not is told why, what is new works, and a bad file changes nothing', async () => {
    const redis = await startRedisServer();
    const kafka = await startKafkaServer();
    const served = await serveWorkers(`${folder}/data`, 2, [
      ...['--schema', `${folder}/schema.graphql`, '--redis-url', redis.url, '--kafka-brokers', kafka.brokers],
      '--create-topics',
    ]);
    const logged = (message: string): readonly string[] =>
      served
        .log()
        .filter((line) => line.message === message)
        .map((line) => String(line['change'] ?? line['problem'] ?? ''));
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => MultiplexedClient.connect(served.url)));
    let publishing = true;
    const sent = { Job: 0, Order: 0 };
    const publish = async (type: 'Job' | 'Order', fields: string): Promise<void> => {
      while (publishing) {
        const { errors } = await request(
          served.url,
          `mutation { publish${type}(event: { number: ${sent[type]} ${fields} }) { topic } }`,
        );
        assert.equal(errors, undefined, JSON.stringify(errors));
        sent[type] += 1;
        await pause(20);
      }
    };
    try {
      const jobs = clients.map((client) =>
        client.subscribe('subscription { job(room: "a", from: { earliest: true }) { number note } }'),
      );
      const orders = clients.map((client) =>
        client.subscribe('subscription { order(from: { earliest: true }) { number } }'),
      );
      const totals = clients.map((client) =>
        client.subscribe('subscription { order(from: { earliest: true }) { total } }'),
      );
      const chats = clients.map((client) => client.subscribe('subscription { chat { text } }'));
      const publishers = [publish('Job', 'room: "a"'), publish('Order', '')];
      await eventually(() => [...jobs, ...orders, ...totals].every(({ results }) => results.length > 3), PATIENCE);

      write('type Job { room: ID! }\ntype Order @topic(name: "orders", delivery: SURELY) { number: Int! }');
      await eventually(() => logged('not reloaded: what was served before is served on').length === 2, PATIENCE);
      const [unused, delivery] = logged('not reloaded: what was served before is served on');
      assert.match(`${unused}`, /schema\.graphql:1:6 no topic leads to the type "Job"/);
      assert.match(`${delivery}`, /schema\.graphql:2:45 "delivery" must be one of EPHEMERAL/);

      write(AFTER);
      await eventually(() => [...totals, ...chats].every(({ errors }) => errors !== undefined), PATIENCE);
      for (const { errors } of totals)
        assert.match(JSON.stringify(errors), /Cannot query field .*total.*GRAPHQL_VALIDATION_FAILED/);
      for (const { errors } of chats) assert.match(JSON.stringify(errors), /the topic chat is gone/);
      assert.deepEqual([...logged('the schema has changed')].sort(), [
        '+ Invoice.number: Int!',
        '+ Order.paid: Boolean',
        '+ topic invoices: Invoice, DURABLE, kafkaTopic invoices, keyFields , placement ANY',
        '- Chat.text',
        '- Order.total',
        '- topic chat',
      ]);
      assert.ok(logged('a change of the schema can break clients').some((change) => /Order\.total/.test(change)));

      const paid = clients.map((client) =>
        client.subscribe('subscription { order(from: { last: 1 }) { number paid } }'),
      );
      const invoices = clients.map((client) =>
        client.subscribe('subscription { invoice(from: { earliest: true }) { number } }'),
      );
      const { errors } = await request(served.url, 'mutation { publishInvoice(event: { number: 7 }) { offset } }');
      assert.equal(errors, undefined, JSON.stringify(errors));
      await eventually(() => [...paid, ...invoices].every(({ results }) => results.length > 0), PATIENCE);
      const more = sent.Job + 5;
      await eventually(() => sent.Job >= more, PATIENCE);
      publishing = false;
      await Promise.all(publishers);
      for (const [list, field, count] of [
        [jobs, 'job', sent.Job],
        [orders, 'order', sent.Order],
      ] as const) {
        await eventually(() => list.every(({ results }) => results.length >= count), PATIENCE);
        for (const { results, errors: ended } of list) {
          assert.equal(ended, undefined);
          const numbers = results.map(({ data }) => (data?.[field] as { number: number } | undefined)?.number);
          assert.deepEqual(
            numbers,
            Array.from({ length: count }, (_, number) => number),
          );
        }
      }
      for (const client of clients) assert.equal(client.closeCode, undefined);

      // By signal. A type has changed: who comes now gets the new one, and shares nothing with those who are here.
      writeFileSync(
        `${folder}/schema.graphql`,
        AFTER.replace('delivery: DURABLE) { number: Int! }', 'delivery: DURABLE) { number: String! }'),
      );
      served.process.kill('SIGHUP');
      await eventually(() => logged('the schema has changed').includes('~ Invoice.number: Int! -> String!'), PATIENCE);
      const firstNumber = async (client: MultiplexedClient): Promise<unknown> => {
        const again = client.subscribe('subscription { invoice(from: { earliest: true }) { number } }');
        await eventually(() => again.results.length > 0, PATIENCE);
        return (again.results[0]?.data?.['invoice'] as { number: unknown } | undefined)?.number;
      };
      // Workers are told and do it, each at its time.
      for (const client of clients) await eventually(async () => (await firstNumber(client)) === '7', PATIENCE);
      for (const { results } of invoices) assert.deepEqual(results[0]?.data, { invoice: { number: 7 } });
    } finally {
      publishing = false;
      for (const client of clients) await client.close();
      await served.kill();
      await kafka.stop();
      await redis.stop();
    }
  });
});
