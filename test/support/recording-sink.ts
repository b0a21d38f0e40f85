import type { WireError } from '../../src/error/operation-error.ts';
import type { PayloadBatch, Progress, SubscriberSink } from '../../src/fanout/subscriber-sink.ts';

/** A result as a client would parse it. */
export interface ReceivedResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Keeps all that a subscriber is told. */
export class RecordingSink implements SubscriberSink {
  readonly batches: PayloadBatch[] = [];
  readonly results: ReceivedResult[] = [];
  readonly errors: (readonly WireError[])[] = [];
  completed = 0;
  readonly progresses: Progress[] = [];
  /** Set by a test that plays a slow peer. */
  writable = true;
  /** Called after each batch. */
  onNext: () => void = () => {};

  next(batch: PayloadBatch): void {
    this.batches.push(batch);
    for (const payload of batch.payloads) this.results.push(JSON.parse(payload.toString()) as ReceivedResult);
    this.onNext();
  }

  progress(progress: Progress): void {
    this.progresses.push(progress);
  }

  error(errors: readonly WireError[]): void {
    this.errors.push(errors);
  }

  complete(): void {
    this.completed += 1;
  }
}
