import type { Topic, TopicInstance } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import type { History } from '../history.ts';
import { Lifecycle } from '../lifecycle.ts';
import { localStream } from '../local/stream.ts';
import { CLOSED_TAIL } from '../local/tails.ts';
import type { PublishOutcome } from '../outcome.ts';
import type { Broker, BrokerStatus, Capabilities, OpenReport, PublishRequest, Tail, TailSink } from '../port.ts';
import { BrokerSettingsError } from '../start-error.ts';
import { StatusHolder } from '../status.ts';
import type { Stream } from '../stream.ts';
import { DEFAULT_MAX_WAITING_BYTES, FIRST_CONTACT_MS, type SqliteConfig } from './config.ts';
import { SqliteHistory } from './history.ts';
import { LiveLog } from './live-log.ts';
import { LogWorker } from './log-worker.ts';
import type { FromWorker, WorkerTask } from './messages.ts';
import { Publisher } from './publisher.ts';
import { QuestionQueue } from './question-queue.ts';
import { logTopics } from './topics.ts';
import { Upkeep } from './upkeep.ts';

/**
 * BUFFERED and DURABLE on this machine's disk: acknowledged means committed with a sync of the log.
 *
 * A worker thread owns the file. Publishes collect while a batch is being committed and go as the next one. What is committed
 * is handed to the tails from here, in the order of the log and before its acknowledgement, without reading it back.
 */
class SqliteBroker implements Broker {
  readonly name = 'sqlite';
  readonly capabilities: Capabilities = { deliveries: ['BUFFERED', 'DURABLE'], embedded: true };
  readonly history: History;
  readonly #config: SqliteConfig;
  readonly #environment: BrokerEnvironment;
  readonly #status: StatusHolder;
  readonly #live: LiveLog;
  readonly #publisher: Publisher;
  readonly #questions: QuestionQueue;
  readonly #worker: LogWorker;
  readonly #upkeep: Upkeep;
  readonly #lifecycle: Lifecycle;
  readonly #firstContact = Promise.withResolvers<OpenReport>();
  #opening = true;

  constructor(config: SqliteConfig, environment: BrokerEnvironment) {
    this.#config = config;
    this.#environment = environment;
    const { clock } = environment;
    this.#status = new StatusHolder(clock, `opening the log in ${config.folder}`);
    const onBytes = (bytes: number): void => environment.onBytes('in', bytes);
    this.#live = new LiveLog(onBytes);
    const maxWaitingBytes = config.maxWaitingBytes ?? DEFAULT_MAX_WAITING_BYTES;
    this.#publisher = new Publisher(environment, maxWaitingBytes, this.#live, (events) =>
      this.#worker.send({ type: 'append', events }),
    );
    this.#questions = new QuestionQueue(clock, (question) => this.#worker.send({ type: 'ask', question }));
    this.history = new SqliteHistory((question) => this.#questions.ask(question), this.#live, onBytes);
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
    return this.#lifecycle.closed ? CLOSED_TAIL : this.#live.tail(stream, sink);
  }

  publish(request: PublishRequest): Promise<PublishOutcome> {
    return this.#publisher.publish(request);
  }

  tailCount(): number {
    return this.#live.tailCount;
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
      after: this.#live.last,
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
    this.#questions.fail('The embedded log is closed.');
    const idle = Promise.withResolvers<void>();
    const cancel = this.#environment.clock.after(deadlineMs, () => {
      this.#publisher.giveUpWaiting();
      this.#worker.kill();
      idle.resolve();
    });
    this.#publisher.finish(idle.resolve);
    await idle.promise;
    await this.#worker.stop();
    cancel();
    this.#publisher.closed();
    this.#firstContact.resolve({ contacted: false, problems: [] });
    this.#live.closeAll();
    this.#status.down('closed');
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
        this.#status.up();
        this.#publisher.appended(message.first);
        break;
      case 'refused-append':
        this.#diskRefused(message.reason);
        this.#publisher.refused(message.reason);
        break;
      case 'unclear-append':
        // The worker ends now, and `gone` answers.
        break;
      case 'trimmed':
        if (!this.#lifecycle.closed) this.#upkeep.trimmed(message.more);
        break;
      case 'answer':
        this.#questions.answered(message.answer);
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
    this.#live.opened(epochs, last, missed);
    this.#publisher.opened();
    if (!this.#lifecycle.closed) this.#questions.opened();
    this.#status.up();
    this.#firstContact.resolve({ contacted: true, problems: [] });
    if (!this.#lifecycle.closed) this.#upkeep.start();
  }

  #gone(reason: string): void {
    this.#upkeep.stop();
    this.#publisher.gone(reason);
    this.#questions.fail(`The embedded log stopped: ${reason}.`);
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
