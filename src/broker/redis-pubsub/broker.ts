import { Command, type Redis } from 'ioredis';
import { instancePattern, parseInstance } from '../../routing/instance.ts';
import type { Topic, TopicInstance } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import { Lifecycle } from '../lifecycle.ts';
import type { PublishOutcome } from '../outcome.ts';
import type { Broker, BrokerStatus, Capabilities, OpenReport, PublishRequest, Tail, TailSink } from '../port.ts';
import { PublishLane } from '../redis/publish-lane.ts';
import type { RedisBrokerConfig } from '../redis/redis-config.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { RedisSession } from '../redis/redis-session.ts';
import type { Stream, StreamId } from '../stream.ts';
import { ChannelSet } from './channel-set.ts';
import { ChannelTail } from './channel-tail.ts';

const REPLY_AS_TEXT = { replyEncoding: 'utf8' } as const;

/** Channels seen on patterns whose verdict is remembered. */
const VERDICTS = 10_000;

/**
 * EPHEMERAL over classic Redis Pub/Sub: the channel is the topic instance, the message is the JSON text and nothing else.
 * A publish is acknowledged when Redis has run PUBLISH; that nobody listened is no loss. Losses are seen by the end of the subscriber link.
 */
class RedisPubSubBroker implements Broker {
  readonly name = 'redis-pubsub';
  readonly capabilities: Capabilities = { deliveries: ['EPHEMERAL'], embedded: false };
  readonly history = undefined;
  readonly #environment: BrokerEnvironment;
  readonly #session: RedisSession;
  readonly #lifecycle: Lifecycle;
  readonly #lane: PublishLane;
  readonly #subscriber: RedisLink;
  readonly #channels: ChannelSet;
  readonly #patterns: ChannelSet;
  /** Is a channel that came by a pattern an instance of the pattern's topic? By pattern, then by channel. */
  readonly #verdicts = new Map<string, Map<string, boolean>>();

  constructor(config: RedisBrokerConfig, environment: BrokerEnvironment) {
    this.#environment = environment;
    this.#session = new RedisSession({ config, keepsEvents: false }, environment);
    this.#lane = new PublishLane({
      link: this.#session.link('publish', { ready() {}, lost() {} }),
      address: this.#session.shown,
      clock: environment.clock,
      deadlineMs: this.#session.publishDeadlineMs,
    });
    this.#subscriber = this.#session.link('subscribe', {
      ready: (connection) => this.#connected(connection),
      lost: (since) => {
        this.#channels.disconnected(since);
        this.#patterns.disconnected(since);
      },
    });
    this.#channels = this.#set('channel');
    this.#patterns = this.#set('pattern');
    this.#lifecycle = new Lifecycle({
      open: () => this.#session.open(),
      close: (deadlineMs) => this.#close(deadlineMs),
    });
  }

  open(): Promise<OpenReport> {
    return this.#lifecycle.open();
  }

  status(): BrokerStatus {
    return this.#session.status.get();
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.#session.status.onStatus(listener);
  }

  stream(topic: Topic, instance: TopicInstance | undefined): Stream {
    // A topic without parameters is its own one instance.
    const channel = instance ?? (topic.parameters.length === 0 ? (topic.template.text as TopicInstance) : undefined);
    const id = channel === undefined ? `pattern:${instancePattern(topic)}` : `channel:${channel}`;
    return { id: id as StreamId, topic, instance: channel };
  }

  tail(stream: Stream, sink: TailSink): Tail {
    const [set, name] =
      stream.instance === undefined
        ? [this.#patterns, this.#session.prefix + instancePattern(stream.topic)]
        : [this.#channels, this.#session.prefix + stream.instance];
    const tail = new ChannelTail(stream, sink, (closed) => {
      set.remove(name, closed);
      if (stream.instance === undefined && set.tails(name).length === 0) this.#verdicts.delete(name);
    });
    if (this.#lifecycle.closed) tail.close();
    else set.add(name, tail);
    return tail;
  }

  publish({ instance, value }: PublishRequest): Promise<PublishOutcome> {
    const bytes = Buffer.byteLength(value);
    return this.#lane
      .send(instance, bytes, () => new Command('publish', [this.#session.prefix + instance, value], REPLY_AS_TEXT))
      .then((sent) => {
        if (sent.type !== 'answered') return sent;
        this.#environment.onBytes('out', bytes);
        return { type: 'acknowledged', publishedAt: this.#environment.clock.now(), position: undefined };
      });
  }

  /** Any topic has a place here. */
  learn(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  tailCount(): number {
    return this.#channels.size + this.#patterns.size;
  }

  close(deadlineMs?: number): Promise<void> {
    return this.#lifecycle.close(deadlineMs);
  }

  #set(kind: 'channel' | 'pattern'): ChannelSet {
    const { clock, log } = this.#environment;
    return new ChannelSet({
      kind,
      clock,
      log,
      refused: (detail) => this.#session.fault(kind, detail),
      unknown: (connection, why) => this.#subscriber.giveUp(connection, why),
    });
  }

  #connected(connection: Redis): void {
    connection.on('messageBuffer', (channel: Buffer, value: Buffer) => {
      // Instances are of ASCII, so latin1 reads them exactly and tells any other channel apart.
      const name = channel.toString('latin1');
      this.#received(this.#channels, this.#channels.tails(name), name, value);
    });
    connection.on('pmessageBuffer', (pattern: string, channel: Buffer, value: Buffer) => {
      const tails = this.#patterns.tails(pattern);
      const name = channel.toString('latin1');
      const topic = tails[0]?.stream.topic;
      if (topic !== undefined && this.#isInstance(pattern, topic, this.#withoutPrefix(name))) {
        this.#received(this.#patterns, tails, name, value);
      }
    });
    this.#channels.connected(connection);
    this.#patterns.connected(connection);
  }

  #received(set: ChannelSet, tails: readonly ChannelTail[], channel: string, value: Buffer): void {
    const timestamp = this.#environment.clock.now();
    this.#subscriber.heard(timestamp);
    if (tails.length === 0) return;
    this.#environment.onBytes('in', value.length);
    const instance = this.#withoutPrefix(channel) as TopicInstance;
    set.hand(tails, { instance, key: undefined, value, position: undefined, timestamp });
  }

  /** Every channel that is subscribed to begins with the prefix. */
  #withoutPrefix(channel: string): string {
    return channel.slice(this.#session.prefix.length);
  }

  /** A pattern matches more than the topic's instances: a channel that no parameters can give belongs to somebody else. */
  #isInstance(pattern: string, topic: Topic, channel: string): boolean {
    let verdicts = this.#verdicts.get(pattern);
    if (verdicts === undefined || verdicts.size >= VERDICTS) {
      verdicts = new Map();
      this.#verdicts.set(pattern, verdicts);
    }
    let verdict = verdicts.get(channel);
    if (verdict === undefined) {
      verdict = parseInstance(topic, channel) !== undefined;
      verdicts.set(channel, verdict);
    }
    return verdict;
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#channels.closeAll();
    this.#patterns.closeAll();
    await this.#lane.drain(deadlineMs);
    await this.#session.close();
  }
}

/** EPHEMERAL over Redis Pub/Sub. `open()` rejects with BrokerSettingsError for a URL that cannot be read. */
export function createRedisPubSubBroker(config: RedisBrokerConfig, environment: BrokerEnvironment): Broker {
  return new RedisPubSubBroker(config, environment);
}
