import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { kafkaAclArguments } from '../../src/cli/kafka-acl.ts';
import type { SaslMechanism } from '../../src/config/broker-options.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { withTopicPrefix } from '../../src/schema/topic-prefix.ts';
import { runKafkaTool } from '../../tools/kafka.mjs';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { type KafkaServer, startKafkaServer } from '../support/kafka-server.ts';
import { MultiplexedClient } from '../support/multiplexed-client.ts';
import { startTestGateway } from './running-gateway.ts';

const SCHEMA = 'type Order @topic(name: "orders.{id}", delivery: DURABLE,) { id: ID!  number: Int! }';
const ACL_COMMAND = 'org.apache.kafka.tools.AclCommand';
const PATIENCE = { deadlineMs: 60_000 };
const MECHANISMS: readonly SaslMechanism[] = ['plain', 'scram-sha-256', 'scram-sha-512'];
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_sluice="s3cret";';
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

describe('Kafka by TLS, with a user and a prefix', () => {
  const folder = temporaryFolder({ 'schema.graphql': SCHEMA });
  let files: Certificates;
  let kafka: KafkaServer;
  before(async () => {
    files = await makeCertificates(folder);
    await writeFile(
      `${folder}/keystore.pem`,
      `${await readFile(files.key, 'utf8')}${await readFile(files.certificate, 'utf8')}`,
    );
    kafka = await startKafkaServer({
      proxy: true,
      overrides: {
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:SASL_SSL',
        'listener.name.proxied.ssl.keystore.type': 'PEM',
        'listener.name.proxied.ssl.keystore.location': `${folder}/keystore.pem`,
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS',
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        'listener.name.proxied.plain.sasl.jaas.config': PLAIN,
        'listener.name.proxied.scram-sha-256.sasl.jaas.config': SCRAM,
        'listener.name.proxied.scram-sha-512.sasl.jaas.config': SCRAM,
      },
    });
    const home = process.env['SLUICE_TEST_KAFKA_HOME'] ?? '';
    for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      await runKafkaTool(home, 'kafka.admin.ConfigCommand', [
        ...['--bootstrap-server', kafka.brokers, '--alter', '--entity-type', 'users', '--entity-name', 'sluice'],
        ...['--add-config', `${mechanism}=[password=s3cret]`],
      ]);
    }
    const schema = loadSchema({ file: 'schema.graphql', text: SCHEMA });
    const topics = MECHANISMS.flatMap((mechanism) => withTopicPrefix(schema, `${mechanism}.`).topics);
    for (const words of kafkaAclArguments(
      topics.map(({ topic }) => topic),
      'sluice',
      true,
    )) {
      await runKafkaTool(home, ACL_COMMAND, ['--bootstrap-server', kafka.brokers, ...words]);
    }
  });
  after(() => kafka.stop());

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}, with exactly the rights of sluice acl: topics are created below the prefix, and events go both ways`, async () => {
      const topicPrefix = `${mechanism}.`;
      const gateway = await startTestGateway({
        schemaFile: `${folder}/schema.graphql`,
        createTopics: true,
        kafka: {
          brokers: [kafka.proxied],
          tls: { ca: files.ca, certificate: undefined, key: undefined },
          sasl: { mechanism, username: 'sluice', password: 's3cret' },
          topicPrefix,
        },
      });
      const client = await MultiplexedClient.connect(gateway.url);
      try {
        const order = client.subscribe('subscription { order(id: "a", from: { earliest: true }) { number } }');
        await eventually(async () => {
          const query = 'mutation { publishOrder(event: { id: "a", number: 1 }) { offset } }';
          return (await request(gateway.url, query)).errors === undefined;
        }, PATIENCE);
        await eventually(() => order.results.length > 0, PATIENCE);
        assert.deepEqual(order.results[0]?.data, { order: { number: 1 } });
        assert.ok((await kafka.topics('--list')).split('\n').includes(`${mechanism}.orders`));
      } finally {
        await client.close();
        await gateway.stop();
      }
    });
  }

  it('F40: a wrong password is told by /healthz, which repeats no secret', async () => {
    const gateway = await startTestGateway({
      schemaFile: `${folder}/schema.graphql`,
      kafka: {
        brokers: [kafka.proxied],
        tls: { ca: files.ca, certificate: undefined, key: undefined },
        sasl: { mechanism: 'plain', username: 'sluice', password: 'hunter2' },
      },
    });
    try {
      const body = await eventually(async () => {
        const answer = await gateway.admin('/healthz');
        assert.equal(answer.status, 503);
        return answer.body.includes('SASL authentication failed') ? answer.body : undefined;
      }, PATIENCE);
      assert.ok(!body.includes('hunter2'), body);
    } finally {
      await gateway.stop();
    }
  });
});
