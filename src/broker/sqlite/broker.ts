import type { Topic, TopicInstance, TopicName } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import { Lifecycle } from '../lifecycle.ts';
import { localStream } from '../local/stream.ts';
import type { PublishOutcome } from '../outcome.ts';
import type {
  Broker,
  BrokerStatus,
  Capabilities,
  OpenReport,
  PublishRequest,
  Stream,
  Tail,
  TailSink,
} from '../port.ts';
import { BrokerSettingsError } from '../start-error.ts';
import { StatusHolder } from '../status.ts';
import { DEFAULT_MAX_WAITING_BYTES, FIRST_CONTACT_MS, type SqliteConfig } from './config.ts';
import { LiveLog } from './live-log.ts';
import { LogWorker } from './log-worker.ts';
import type { FromWorker, WorkerTask } from './messages.ts';
import { PublishQueue } from './publish-queue.ts';
import { logTopics } from './topics.ts';
import { Upkeep } from './upkeep.ts';

const CLOSED: PublishOutcome = { type: 'unavailable', reason: 'The embedded log is closed.' };
const AWAY: PublishOutcome = { type: 'unavailable', reason: 'The embedded log is not open.' };

/**
 * BUFFERED and DURABLE on this machine's disk: acknowledged means committed with a sync of the log.
 *
 * A worker thread owns the file. Publishes collect while a batch is being committed and go as the next one. What is committed
 * is handed to the tails from here, in the order of the log and before its acknowledgement, without reading it back.
 */
class SqliteBroker implements Broker {
  readonly name = 'sqlite';
  readonly capabilities: Capabilities = { deliveries: ['BUFFERED', 'DURABLE'], embedded: true };
  readonly #config: SqliteConfig;
  readonly #environment: BrokerEnvironment;
  readonly #status: StatusHolder;
  readonly #topics: ReadonlySet<TopicName>;
  readonly #live: LiveLog;
  readonly #queue: PublishQueue;
  readonly #worker: LogWorker;
  readonly #upkeep: Upkeep;
  readonly #lifecycle: Lifecycle;
  readonly #firstContact = Promise.withResolvers<OpenReport>();
  /** The last sequence that was handed to the tails; undefined before the first contact. */
  #last: number | undefined;
  #opening = true;
  #ready = false;
  #flushScheduled = false;

  constructor(config: SqliteConfig, environment: BrokerEnvironment) {
    this.#config = config;
    this.#environment = environment;
    const { clock } = environment;
    this.#status = new StatusHolder(clock, `opening the log in ${config.folder}`);
    this.#topics = new Set(environment.topics.map(({ name }) => name));
    this.#live = new LiveLog((bytes) => environment.onBytes('in', bytes));
    this.#queue = new PublishQueue(clock, config.maxWaitingBytes ?? DEFAULT_MAX_WAITING_BYTES);
    this.#worker = new LogWorker(clock, {
      task: () => this.#task(),
      message: (message) => this.#message(message),
      gone: (reason) => this.#gone(reason),
    });
    this.#upkeep = new Upkeep(clock, this.#worker);
    this.#lifecycle = new Lifecycle({ open: () => this.#open(), close: (deadlineMs) => this.#close(deadlineMs) });
  }

  open(): Promise<OpenReport> {
    return this.#lifecycle.open();
  }

  status(): BrokerStatus {
    return this.#status.get();
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.#status.onStatus(listener);
  }

  stream(topic: Topic, instance: TopicInstance | undefined): Stream {
    return localStream(topic, instance);
  }

  tail(stream: Stream, sink: TailSink): Tail {
    const tail = this.#live.tails.open(stream, sink);
    if (this.#lifecycle.closed) tail.close();
    return tail;
  }

  publish(request: PublishRequest): Promise<PublishOutcome> {
    if (this.#lifecycle.closed) return Promise.resolve(CLOSED);
    if (!this.#ready) return Promise.resolve(AWAY);
    const topic = request.topic.name;
    if (!this.#topics.has(topic)) {
      return Promise.resolve({ type: 'rejected', reason: `The topic ${topic} is not routed to the embedded log.` });
    }
    const { instance, key, value, attributes } = request;
    const outcome = this.#queue.offer({
      topic,
      instance,
      key,
      value,
      timestamp: this.#environment.clock.now(),
      attributes: attributes.size === 0 ? undefined : JSON.stringify(Object.fromEntries(attributes)),
    });
    this.#scheduleFlush();
    return outcome;
  }

  tailCount(): number {
    return this.#live.tails.count;
  }

  close(deadlineMs?: number): Promise<void> {
    return this.#lifecycle.close(deadlineMs);
  }

  #task(): WorkerTask {
    return {
      folder: this.#config.folder,
      maxFileBytes: this.#config.maxFileBytes,
      topics: logTopics(this.#environment.topics),
      now: this.#environment.clock.now(),
      after: this.#last,
    };
  }

  async #open(): Promise<OpenReport> {
    const cancel = this.#environment.clock.after(FIRST_CONTACT_MS, () => {
      this.#firstContact.resolve({ contacted: false, problems: [] });
    });
    this.#worker.start();
    try {
      return await this.#firstContact.promise;
    } finally {
      this.#opening = false;
      cancel();
    }
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#upkeep.stop();
    const idle = Promise.withResolvers<void>();
    const cancel = this.#environment.clock.after(deadlineMs, () => {
      this.#queue.failWaiting(CLOSED);
      this.#worker.kill();
      idle.resolve();
    });
    this.#queue.whenIdle(idle.resolve);
    await idle.promise;
    await this.#worker.stop();
    cancel();
    this.#ready = false;
    this.#queue.failWaiting(CLOSED);
    this.#queue.settle(() => ({ type: 'indeterminate', reason: 'The embedded log was closed during the commit.' }));
    this.#firstContact.resolve({ contacted: false, problems: [] });
    this.#live.tails.closeAll();
    this.#status.down('closed');
  }

  /** In a microtask, so that publishes called in one turn are one batch. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#ready) return;
    const batch = this.#queue.next();
    if (batch !== undefined) this.#worker.send({ type: 'append', events: batch.map(({ event }) => event) });
  }

  #message(message: FromWorker): void {
    switch (message.type) {
      case 'opened':
        this.#opened(message);
        break;
      case 'refused':
        // After the start it is no longer a mistake that ends the process: `gone` tells it by the status and tries again.
        if (!this.#opening) break;
        this.#firstContact.reject(new BrokerSettingsError(message.problem, message.fix));
        this.#status.down(message.problem);
        void this.#worker.stop();
        break;
      case 'unopened':
        this.#firstContact.resolve({ contacted: false, problems: [] });
        break;
      case 'appended':
        this.#appended(message.first);
        break;
      case 'refused-append':
        this.#queue.settle(() => ({ type: 'unavailable', reason: `The embedded log refused: ${message.reason}.` }));
        this.#diskRefused(message.reason);
        this.#flush();
        break;
      case 'unclear-append':
        // The worker ends now, and `gone` answers.
        break;
      case 'trimmed':
        if (!this.#lifecycle.closed) this.#upkeep.trimmed(message.more);
        break;
      case 'probed':
        if (message.failure === undefined) this.#status.up();
        else this.#diskRefused(message.failure);
        break;
      default:
        message satisfies never;
    }
  }

  #opened({ epochs, last, missed }: Extract<FromWorker, { type: 'opened' }>): void {
    this.#live.opened(epochs);
    // Committed by a worker that died before it could say so: nobody was told, but the log has them.
    for (const event of missed) this.#live.hand(event, event.sequence);
    this.#last = last;
    this.#ready = true;
    this.#status.up();
    this.#firstContact.resolve({ contacted: true, problems: [] });
    if (!this.#lifecycle.closed) this.#upkeep.start();
  }

  #appended(first: number): void {
    this.#status.up();
    this.#queue.settle(({ event, valueBytes }, index) => {
      const sequence = first + index;
      this.#last = sequence;
      this.#environment.onBytes('out', valueBytes);
      this.#live.hand(event, sequence);
      const position = this.#live.position(event.topic, sequence);
      return { type: 'acknowledged', publishedAt: event.timestamp, position };
    });
    this.#flush();
  }

  #gone(reason: string): void {
    this.#ready = false;
    this.#upkeep.stop();
    this.#queue.settle(() => ({ type: 'indeterminate', reason: `The embedded log broke off a commit: ${reason}.` }));
    this.#queue.failWaiting(AWAY);
    this.#status.down(reason);
    this.#environment.log.error('The embedded log stopped; it is opened again.', { reason });
    this.#firstContact.resolve({ contacted: false, problems: [] });
  }

  #diskRefused(reason: string): void {
    this.#status.down(reason);
    if (!this.#lifecycle.closed) this.#upkeep.diskRefused();
  }
}

/** See `SqliteBroker` above. `open()` rejects with BrokerSettingsError when the folder cannot be used or another process owns it. */
export function createSqliteBroker(config: SqliteConfig, environment: BrokerEnvironment): Broker {
  return new SqliteBroker(config, environment);
}
