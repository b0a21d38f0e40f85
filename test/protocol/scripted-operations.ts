import { type ErrorCode, OperationError, type WireError } from '../../src/error/operation-error.ts';
import type { Attachment, PayloadBatch, SubscriberSink } from '../../src/fanout/subscriber-sink.ts';
import type { OperationRequest, Operations, PreparedOperation, RefusalStage } from '../../src/operation/port.ts';

/** A subscription that a test drives by hand. */
export interface ScriptedSubscription {
  readonly request: OperationRequest;
  readonly sink: SubscriberSink;
  /** How often its source was disposed of. */
  disposed: number;
  /** How often its connection said that the peer takes more again. */
  resumed: number;
  /** Called each time it does. */
  onResume: (() => void) | undefined;
  /** What its attachment answers; a function to fail. */
  cursor: string | undefined | (() => never);
}

/** A query or mutation that runs until the test settles it. */
export interface ScriptedSingle {
  readonly request: OperationRequest;
  resolve(result: string): void;
  reject(error: unknown): void;
}

/** A payload batch, as a flush hands it over. */
export function batchOf(...results: readonly unknown[]): PayloadBatch {
  const payloads = results.map((result) => Buffer.from(JSON.stringify(result)));
  return { payloads, bytes: payloads.reduce((sum, payload) => sum + payload.length, 0), framings: new Map() };
}

export function wireErrorOf(code: ErrorCode, message: string): WireError {
  return new OperationError(code, message).toWire();
}

/**
 * Stands where operation/ is: decides by the first word of the query, parses nothing and runs nothing by itself.
 * `subscription …`, `query …`, `mutation …`; `refuse STAGE CODE`; `throw` fails as a bug would.
 */
export class ScriptedOperations implements Operations {
  readonly requests: OperationRequest[] = [];
  readonly subscriptions: ScriptedSubscription[] = [];
  readonly singles: ScriptedSingle[] = [];
  /** Called in `subscribe` before it returns. */
  onSubscribe: ((subscription: ScriptedSubscription) => void) | undefined;
  /** Called when a query or mutation runs. */
  onRun: ((single: ScriptedSingle) => void) | undefined;
  /** Thrown by every disposal. */
  disposalError: Error | undefined;

  /** Subscriptions whose source is still open. */
  get open(): number {
    return this.subscriptions.filter((subscription) => subscription.disposed === 0).length;
  }

  prepare(request: OperationRequest): PreparedOperation {
    this.requests.push(request);
    const [word, stage, code] = request.query.split(' ');
    switch (word) {
      case 'subscription':
        return { type: 'subscription', subscribe: (sink) => this.#subscribe(request, sink) };
      case 'query':
      case 'mutation':
        return { type: 'single', operation: word, run: () => this.#run(request) };
      case 'throw':
        throw new Error('a secret of the server');
      default:
        return {
          type: 'refused',
          stage: (stage ?? 'syntax') as RefusalStage,
          errors: [wireErrorOf((code ?? 'GRAPHQL_PARSE_FAILED') as ErrorCode, 'refused')],
        };
    }
  }

  #subscribe(request: OperationRequest, sink: SubscriberSink): Attachment {
    const subscription: ScriptedSubscription = {
      request,
      sink,
      disposed: 0,
      resumed: 0,
      onResume: undefined,
      cursor: undefined,
    };
    this.subscriptions.push(subscription);
    this.onSubscribe?.(subscription);
    return {
      end: () => {
        subscription.disposed += 1;
        if (this.disposalError !== undefined) throw this.disposalError;
      },
      resume: () => {
        subscription.resumed += 1;
        subscription.onResume?.();
      },
      cursor: () => (typeof subscription.cursor === 'function' ? subscription.cursor() : subscription.cursor),
    };
  }

  #run(request: OperationRequest): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const single: ScriptedSingle = { request, resolve, reject };
    this.singles.push(single);
    this.onRun?.(single);
    return promise;
  }
}

/** The element at an index, which the test knows to be there. */
export function at<T>(list: readonly T[], index: number): T {
  const value = list.at(index);
  if (value === undefined) throw new Error(`nothing at ${index} of ${list.length}`);
  return value;
}
