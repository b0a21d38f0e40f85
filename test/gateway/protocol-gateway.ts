import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { eventually } from '../support/eventually.ts';
import { request, type Subscription } from '../support/graphql-client.ts';
import type { ReceivedResult } from '../support/recording-sink.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const SCHEMA = `
type Order @topic(name: "orders", delivery: DURABLE) { id: ID! }
type Job @topic(name: "jobs.{queue}", delivery: BUFFERED) { id: ID!  queue: ID!  size: Int!  owner: Owner  parts: [Part!] }
type Owner { name: String! }
type Part { name: String! }
type Chat @topic(name: "chat.{room}", delivery: EPHEMERAL) { room: ID!  text: String! }
`;

/** Publishes an order, with fields of its receipt. */
export function order(id: string): string {
  return `publishOrder(event: { id: "${id}" }) { topic cursor }`;
}

/** Publishes a job into a queue of its own. */
export function job(queue: string, id: string): string {
  return `publishJob(event: { id: "${id}", queue: "${queue}", size: 1 }) { topic cursor streamId }`;
}

/** Says something in a room. */
export function chat(room: string, text: string): string {
  return `publishChat(event: { room: "${room}", text: "${text}" }) { topic }`;
}

/** The id of the event under a root field. */
export function idOf(result: ReceivedResult | undefined, field: string): unknown {
  return (result?.data?.[field] as { id?: unknown } | null | undefined)?.id;
}

/** A gateway with a topic of each delivery, on a Redis of its own and the embedded log; its limit of depth is 6. */
export class ProtocolGateway {
  readonly gateway: RunningGateway;
  readonly redis: RedisServer;
  readonly #folder: string;

  private constructor(gateway: RunningGateway, redis: RedisServer, folder: string) {
    this.gateway = gateway;
    this.redis = redis;
    this.#folder = folder;
  }

  static async start(): Promise<ProtocolGateway> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-protocol-'));
    await writeFile(join(folder, 'schema.graphql'), SCHEMA);
    const redis = await startRedisServer();
    const gateway = await startTestGateway({
      schemaFile: join(folder, 'schema.graphql'),
      dataFolder: join(folder, 'data'),
      redis: { url: redis.url },
      limits: { ...LOOPBACK_LIMITS, maxDepth: 6 },
    });
    return new ProtocolGateway(gateway, redis, folder);
  }

  get url(): string {
    return this.gateway.url;
  }

  /** Runs one mutation field, which must succeed; gives its receipt. */
  async publish(mutation: string): Promise<Readonly<Record<string, unknown>>> {
    const result = await request(this.url, `mutation { receipt: ${mutation} }`);
    assert.equal(result.errors, undefined, JSON.stringify(result.errors));
    return result.data?.['receipt'] as Readonly<Record<string, unknown>>;
  }

  /** Publishes events with ids of their own, `probe-…`, until the subscription gets one: then it is attached. */
  async attached(subscription: Subscription, mutation: (id: string) => string): Promise<void> {
    let count = 0;
    await eventually(async () => {
      count += 1;
      await this.publish(mutation(`probe-${count}`));
      assert.equal(subscription.failure, undefined, JSON.stringify(subscription.failure));
      return subscription.results.length > 0;
    });
  }

  /** What another service writes, straight into the stream of a queue: a text as it is, anything else as JSON. */
  write(queue: string, event: unknown): Promise<string> {
    return this.redis.cli(
      'XADD',
      `jobs.${queue}`,
      '*',
      'data',
      typeof event === 'string' ? event : JSON.stringify(event),
    );
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.redis.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
