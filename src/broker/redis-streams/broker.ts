import type { Redis } from 'ioredis';
import type { Topic, TopicInstance } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import type { History } from '../history.ts';
import { Lifecycle } from '../lifecycle.ts';
import type { PublishOutcome } from '../outcome.ts';
import type { Broker, BrokerStatus, Capabilities, OpenReport, PublishRequest, Tail, TailSink } from '../port.ts';
import type { RedisBrokerConfig } from '../redis/redis-config.ts';
import { replyCode } from '../redis/redis-error.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { RedisSession } from '../redis/redis-session.ts';
import { Subscriptions } from '../redis/subscriptions.ts';
import type { Stream, StreamId } from '../stream.ts';
import { entryTime } from './entry-id.ts';
import { entryFailed, writeEntry, writtenEntry } from './publish-script.ts';
import { parsePush } from './push-message.ts';
import { stateArguments } from './state-script.ts';
import { StreamHistory } from './stream-history.ts';
import { streamKeys } from './stream-keys.ts';
import { StreamNodes } from './stream-nodes.ts';
import { StreamTail } from './stream-tail.ts';

/**
 * BUFFERED over Redis Streams: the key is the topic instance, the field `data` holds the JSON text, CloudEvents attributes stand beside it by name.
 * An entry reaches the tails by a push on `sluice:{instance}`, and by polling when a plain XADD wrote it or a push was lost.
 * The key `sluice:{instance}` beside it gives the log its identity: see `state-script.ts`.
 */
class RedisStreamsBroker implements Broker {
  readonly name = 'redis-streams';
  readonly capabilities: Capabilities = { deliveries: ['BUFFERED'], embedded: false };
  readonly history: History;
  readonly #environment: BrokerEnvironment;
  readonly #session: RedisSession;
  readonly #lifecycle: Lifecycle;
  readonly #nodes: StreamNodes;
  readonly #subscriber: RedisLink;
  readonly #pushes: Subscriptions;
  /** By companion name. Lists are replaced, never changed. */
  readonly #tails = new Map<string, readonly StreamTail[]>();
  #toldProblem = '';

  constructor(config: RedisBrokerConfig, environment: BrokerEnvironment) {
    const { clock, log } = environment;
    this.#environment = environment;
    this.#session = new RedisSession({ config, keepsEvents: true }, environment);
    this.#nodes = new StreamNodes(this.#session, environment);
    this.#subscriber = this.#session.link('subscribe', {
      ready: (connection) => this.#subscriberReady(connection),
      lost: () => this.#pushes.disconnected(),
    });
    this.#pushes = new Subscriptions('channel', clock, log, {
      confirmed: (name) => {
        for (const tail of this.#tails.get(name) ?? []) {
          tail.subscribed();
          // What was pushed before, or while the link was away.
          this.#nodes.wake(tail);
        }
      },
      refused: (detail) => this.#session.fault('push', detail),
      unknown: (connection, why) => this.#subscriber.giveUp(connection, why),
    });
    this.history = new StreamHistory({
      linkOf: (key) => this.#nodes.of(key)?.history,
      address: this.#session.shown,
      prefix: this.#session.prefix,
      onBytes: (bytes) => environment.onBytes('in', bytes),
    });
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
    const key = instance ?? (topic.parameters.length === 0 ? (topic.template.text as TopicInstance) : undefined);
    if (key === undefined) {
      throw new Error(`${topic.name} is BUFFERED: its streams are read one by one, never all at once.`);
    }
    return { id: `stream:${key}` as StreamId, topic, instance: key };
  }

  tail(stream: Stream, sink: TailSink): Tail {
    if (stream.instance === undefined) throw new Error(`the stream ${stream.id} names no instance`);
    const keys = streamKeys(stream.instance, this.#session.prefix);
    const name = keys.companion;
    const onBytes = (bytes: number): void => this.#environment.onBytes('in', bytes);
    const tail = new StreamTail(stream, stream.instance, keys, sink, onBytes, (closed) => this.#removed(name, closed));
    if (this.#lifecycle.closed) {
      tail.close();
      return tail;
    }
    this.#tails.set(name, [...(this.#tails.get(name) ?? []), tail]);
    this.#pushes.add(name);
    if (this.#pushes.isConfirmed(name)) tail.subscribed();
    this.#nodes.add(tail);
    return tail;
  }

  async publish(request: PublishRequest): Promise<PublishOutcome> {
    const moved = { told: false };
    const outcome = await this.#publish(request, moved);
    // Surely not written, by a node that no longer holds the slot: once more where it is now.
    if (!moved.told || outcome.type !== 'unavailable') return outcome;
    await this.#learn();
    return this.#publish(request, moved);
  }

  #publish({ topic, instance, value, attributes }: PublishRequest, moved: { told: boolean }): Promise<PublishOutcome> {
    const { policy } = topic;
    if (policy.delivery !== 'BUFFERED') {
      const reason = `${topic.name} is ${policy.delivery}; Redis Streams carries BUFFERED only.`;
      return Promise.resolve({ type: 'rejected', reason });
    }
    const bytes = Buffer.byteLength(value);
    const { maxEvents, retentionMs } = policy;
    const keys = streamKeys(instance, this.#session.prefix);
    const node = this.#nodes.of(keys.stream);
    if (node === undefined) {
      const reason = `Redis at ${this.#session.shown} has not said which of its nodes holds the key.`;
      return Promise.resolve({ type: 'unavailable', reason });
    }
    return node.lane
      .send(
        keys.stream,
        bytes,
        (connection) =>
          writeEntry(connection, stateArguments(topic), {
            keys,
            maxEvents,
            retentionMs,
            value,
            attributes,
          }),
        (connection, error) => {
          moved.told = replyCode(error) === 'MOVED';
          entryFailed(connection, error);
        },
      )
      .then((sent) => {
        if (sent.type !== 'answered') return sent;
        const { id, position, problem } = writtenEntry(sent.reply);
        this.#environment.onBytes('out', bytes);
        this.#tellProblem(problem);
        return { type: 'acknowledged', publishedAt: entryTime(id), position };
      });
  }

  async #learn(): Promise<void> {
    const connection = this.#subscriber.connection;
    // What cannot be learned now is learned later; the second try then tells what is wrong.
    if (connection !== undefined) await this.#session.cluster?.refresh(connection).catch(() => {});
  }

  /** Any topic has a place here. */
  learn(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  tailCount(): number {
    return this.#pushes.size;
  }

  close(deadlineMs?: number): Promise<void> {
    return this.#lifecycle.close(deadlineMs);
  }

  #subscriberReady(connection: Redis): void {
    connection.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      this.#subscriber.heard(this.#environment.clock.now());
      const tails = this.#tails.get(channel.toString('latin1'));
      if (tails === undefined) return;
      const push = parsePush(message);
      for (const tail of tails) {
        if (tail.closed) continue;
        if (push === undefined || tail.push(push) === 'look') this.#nodes.wake(tail);
      }
    });
    this.#pushes.connected(connection);
  }

  #removed(name: string, closed: StreamTail): void {
    this.#nodes.remove(closed);
    const rest = (this.#tails.get(name) ?? []).filter((tail) => tail !== closed);
    if (rest.length > 0) {
      this.#tails.set(name, rest);
      return;
    }
    this.#tails.delete(name);
    this.#pushes.remove(name);
  }

  /** The event is stored; what did not work beside it is told once, until it changes. */
  #tellProblem(problem: string): void {
    if (problem === this.#toldProblem) return;
    this.#toldProblem = problem;
    if (problem !== '') this.#environment.log.error(`Redis stored an event but refused what goes with it: ${problem}`);
  }

  async #close(deadlineMs: number): Promise<void> {
    for (const tails of [...this.#tails.values()]) for (const tail of tails) tail.close();
    this.#pushes.disconnected();
    await this.#nodes.close(deadlineMs);
    await this.#session.close();
  }
}

/** BUFFERED over Redis Streams. `open()` rejects with BrokerSettingsError for a URL that cannot be read. */
export function createRedisStreamsBroker(config: RedisBrokerConfig, environment: BrokerEnvironment): Broker {
  return new RedisStreamsBroker(config, environment);
}
