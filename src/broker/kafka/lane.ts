import type { Clock } from '../../time/clock.ts';
import { answer, Batch, type PendingRecord } from './batch.ts';
import type { Attempt } from './produce-answer.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import type { BatchIdentity } from './write-batch.ts';

/** Bytes that wait in one lane beside the batch in flight. At the bound a publish is answered `unavailable`. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Records of one batch at most, so that one answer's work stays short. */
const MAX_BATCH_RECORDS = 1_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/** What a lane needs of the rest of the adapter. */
export interface LanePort {
  readonly clock: Clock;
  /** Bytes of one batch at most, as the topic is set. A larger record goes alone. */
  batchBytes(): number;
  /** A new producer id. Rejects when nobody gives one. */
  newIdentity(): Promise<ProducerIdentity>;
  /**
   * One attempt to write. Right before the first byte leaves it asks `begin` for the records, and sends nothing when there are none:
   * then nobody waits for them any longer, and the sequence number may be taken. Never rejects.
   */
  write(begin: () => readonly PendingRecord[] | undefined, identity: BatchIdentity): Promise<Attempt>;
  /** Finds out anew where the partition is. Never rejects. */
  refresh(): Promise<void>;
  /** Answers a stored record; `index` is its place in the batch. */
  stored(record: PendingRecord, attempt: Extract<Attempt, { readonly type: 'stored' }>, index: number): void;
  /** The bytes that wait in all lanes together changed by so many; may they grow by so many? */
  waiting(change: number): void;
  hasRoom(bytes: number): boolean;
}

/**
 * Writes one partition: one batch is in flight, the next one fills meanwhile, and order is the order of `publish` calls.
 *
 * A batch whose fate is unclear is sent again under the same sequence number, which stores it once at most, until somebody knows or
 * nobody waits any longer. Then it is fenced off: it can still land, but never behind what the lane writes after it.
 */
export class Lane {
  readonly #port: LanePort;
  readonly #waiting: PendingRecord[] = [];
  #waitingBytes = 0;
  #batch: Batch | undefined;
  #identity: ProducerIdentity | undefined;
  /** Records of the next batch at most; lowered to find the record that makes a batch unacceptable. */
  #limit = MAX_BATCH_RECORDS;
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #wake: () => void = () => {};
  #closed = false;

  constructor(port: LanePort) {
    this.#port = port;
  }

  publish(record: PendingRecord): void {
    if (this.#closed) {
      answer(record, { type: 'unavailable', reason: 'Sluice is closing its link to Kafka.' });
      return;
    }
    const full = this.#waitingBytes + record.bytes > MAX_WAITING_BYTES || !this.#port.hasRoom(record.bytes);
    if (full && this.#waiting.length > 0) {
      answer(record, { type: 'unavailable', reason: 'Too many events wait to be written to their Kafka partition.' });
      return;
    }
    this.#waiting.push(record);
    this.#changeWaiting(record.bytes);
    this.#armTimer();
    this.#running ??= this.#run();
  }

  /** Settles when nothing is left to write. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** The partition's log is another one now: what was counted for the old one is void. */
  forget(): void {
    this.#identity = undefined;
  }

  /** Answers everything that is left, with the truth of now. */
  close(): void {
    this.#closed = true;
    this.#batch?.fail('Sluice closed its link to Kafka');
    for (const record of this.#waiting.splice(0)) {
      answer(record, { type: 'unavailable', reason: 'Sluice closed its link to Kafka.' });
    }
    this.#changeWaiting(-this.#waitingBytes);
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#wake();
  }

  async #run(): Promise<void> {
    // One turn's publishes go together.
    await undefined;
    while (!this.#closed) {
      const batch = this.#take();
      if (batch === undefined) break;
      this.#batch = batch;
      await this.#settle(batch);
      this.#batch = undefined;
    }
    // Here and not when the promise settles: a publish in between would find a lane that seems to run.
    this.#running = undefined;
  }

  #take(): Batch | undefined {
    this.#expire();
    let bytes = 0;
    let count = 0;
    const room = this.#port.batchBytes();
    for (const record of this.#waiting) {
      if (count > 0 && (count >= this.#limit || bytes + record.bytes > room)) break;
      bytes += record.bytes;
      count += 1;
    }
    if (count === 0) return undefined;
    this.#changeWaiting(-bytes);
    return new Batch(this.#waiting.splice(0, count));
  }

  async #settle(batch: Batch): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (batch.isWanted && !this.#closed) {
      const attempt = await this.#attempt(batch);
      if (attempt === undefined) break;
      switch (attempt.type) {
        case 'stored':
          this.#identity?.advance(batch.records.length);
          this.#limit = MAX_BATCH_RECORDS;
          for (const [index, record] of batch.records.entries()) this.#port.stored(record, attempt, index);
          return;
        case 'rejected':
          this.#reject(batch, attempt.reason);
          return;
        case 'producer-lost':
          this.#fence();
          batch.lastReason = attempt.reason;
          // Under another identity nothing would recognise it as a resend.
          if (batch.mayBeStored) batch.fail('Kafka lost track of what this batch was');
          break;
        case 'refused':
        case 'unclear':
          batch.lastReason = attempt.reason;
          break;
        default:
          attempt satisfies never;
      }
      if (!batch.isWanted) break;
      await this.#orUnwanted(batch, Promise.all([this.#port.refresh(), this.#pause(pause)]));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
    if (batch.mayBeStored) this.#fence();
  }

  #fence(): void {
    if (this.#identity?.fence() === false) this.#identity = undefined;
  }

  /** One attempt; undefined when nobody waits for its end any longer. */
  async #attempt(batch: Batch): Promise<Attempt | undefined> {
    if (this.#identity === undefined) {
      if (batch.mayBeStored) {
        batch.fail('Kafka can no longer tell a second copy of it');
        return undefined;
      }
      try {
        this.#identity = await this.#orUnwanted(batch, this.#port.newIdentity());
      } catch (error) {
        return { type: 'refused', reason: error instanceof Error ? error.message : String(error) };
      }
      if (this.#identity === undefined) return undefined;
    }
    const before = batch.mayBeStored;
    let givenUp = false;
    const begin = (): readonly PendingRecord[] | undefined => {
      if (givenUp || this.#closed || !batch.isWanted) return undefined;
      batch.mayBeStored = true;
      return batch.records;
    };
    const attempt = await this.#orUnwanted(batch, this.#port.write(begin, this.#identity.next));
    givenUp = true;
    // This attempt surely stored nothing, so that only earlier ones count.
    if (attempt !== undefined && attempt.type !== 'stored' && attempt.type !== 'unclear') batch.mayBeStored = before;
    return attempt;
  }

  /** The promise's value, or undefined as soon as nobody waits for the batch. */
  #orUnwanted<T>(batch: Batch, promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (this.#closed || !batch.isWanted) resolve(undefined);
      };
      promise.then(resolve, reject);
    });
  }

  #reject(batch: Batch, reason: string): void {
    batch.lastReason = reason;
    if (batch.mayBeStored) {
      batch.fail('an earlier attempt may have stored it');
      return;
    }
    if (batch.records.length > 1) {
      // One record spoils the others: write them again in smaller batches until it is alone.
      this.#limit = Math.ceil(batch.records.length / 2);
      this.#waiting.unshift(...batch.records);
      for (const record of batch.records) this.#changeWaiting(record.bytes);
      return;
    }
    this.#limit = MAX_BATCH_RECORDS;
    for (const record of batch.records) answer(record, { type: 'rejected', reason });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#port.clock.after(delayMs, resolve);
    });
  }

  #changeWaiting(change: number): void {
    this.#waitingBytes += change;
    this.#port.waiting(change);
  }

  #expire(): void {
    const now = this.#port.clock.monotonic();
    this.#batch?.expire(now);
    while (this.#waiting[0] !== undefined && this.#waiting[0].deadline <= now) {
      const record = this.#waiting.shift();
      if (record === undefined) break;
      this.#changeWaiting(-record.bytes);
      answer(record, { type: 'unavailable', reason: this.#notWritten() });
    }
    this.#wake();
  }

  #notWritten(): string {
    const why = this.#batch?.lastReason;
    return `The deadline passed before the event could be written to Kafka${why === undefined ? '' : `; ${why}`}.`;
  }

  /** One timer for the earliest deadline; records wait in the order of their deadlines. */
  #armTimer(): void {
    if (this.#cancelTimer !== undefined) return;
    const inFlight = this.#batch?.records.filter((record) => record.answer !== undefined) ?? [];
    const next = inFlight[0] ?? this.#waiting[0];
    if (next === undefined) return;
    const delay = Math.max(1, next.deadline - this.#port.clock.monotonic());
    this.#cancelTimer = this.#port.clock.after(delay, () => {
      this.#cancelTimer = undefined;
      this.#expire();
      this.#armTimer();
    });
  }
}
