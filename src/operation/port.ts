import type { OperationError, WireError } from '../error/operation-error.ts';
import type { Attachment, SubscriberSink } from '../fanout/subscriber-sink.ts';
import type { JsonObject } from '../json/value.ts';
import type { TraceContext } from '../tracing/trace-context.ts';

/** A GraphQL request whose outer shape a protocol has already checked (P14, P64). */
export interface OperationRequest {
  /** Empty when the request only names a persisted document. */
  readonly query: string;
  /** The persisted document that the request names by `documentId` or `id`. */
  readonly documentId?: string;
  readonly operationName: string | undefined;
  readonly variables: JsonObject | undefined;
  readonly extensions: JsonObject | undefined;
  /** The trace that its HTTP head or its connection names; `requestTrace` has the last word. */
  readonly trace?: TraceContext;
}

/** The stage at which a request was refused; HTTP and SSE choose the status by it (P45, P46, P61, P62). */
export type RefusalStage = 'syntax' | 'operation' | 'validation' | 'variables' | 'limit';

/** The request fails before anything runs: one error message on a WebSocket (P19), a response without `data` on HTTP. */
export interface RefusedOperation {
  readonly type: 'refused';
  readonly stage: RefusalStage;
  readonly errors: readonly WireError[];
}

/** Who watches the run of a query or mutation. */
export interface OperationRun {
  /** What it publishes belongs to this trace. */
  readonly trace: TraceContext;
  /** Its result has errors with these codes. Called at most once. */
  failed(codes: readonly string[]): void;
}

/** A query or mutation, not started yet. */
export interface SingleOperation {
  readonly type: 'single';
  readonly operation: 'query' | 'mutation';
  /** The operation's name in its document. */
  readonly name?: string | undefined;
  /** Runs it once; resolves with the JSON text of the execution result; never rejects (unexpected errors are masked, A70). */
  run(watched?: OperationRun): Promise<string>;
}

/** A subscription, not started yet. */
export interface SubscriptionOperation {
  readonly type: 'subscription';
  /** The operation's name in its document. */
  readonly name?: string | undefined;
  /**
   * Attaches synchronously: every event that its broker acknowledges after the tail's confirmation reaches the sink.
   * The caller owns the attachment: it ends it, unless the sink was told the end, and resumes it when the sink turns writable.
   * The sink is never called before `subscribe` has returned.
   */
  subscribe(sink: SubscriberSink): Attachment;
}

export type PreparedOperation = RefusedOperation | SingleOperation | SubscriptionOperation;

/** Who sends a request, as far as the gate cares: one for each WebSocket, event stream and HTTP request. */
export interface Caller {
  /** Its id in log lines and traces. */
  readonly id?: string;
  /** Takes the right to start one operation. An error says that it has none now, and when it will (A22). */
  admit(): OperationError | undefined;
}

/** Limits, parses, validates and plans requests: the one gate that every transport calls. */
export interface Operations {
  prepare(request: OperationRequest, caller: Caller): PreparedOperation;
}
