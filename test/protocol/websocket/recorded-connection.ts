import type { Logger } from '../../../src/log/logger.ts';
import type { DropReason } from '../../../src/metrics/gateway-metrics.ts';
import { Connection } from '../../../src/protocol/websocket/connection.ts';
import { connectionContext } from '../../../src/protocol/websocket/connection-context.ts';
import { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from '../../../src/protocol/websocket/limits.ts';
import type { BufferBounds, MessageSocket, SendOutcome } from '../../../src/protocol/websocket/message-socket.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { at, ScriptedOperations, type ScriptedSubscription } from '../scripted-operations.ts';

/** A message as the client would read it. */
export interface ReceivedMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** Records what the protocol asks of a socket. */
export class RecordingSocket implements MessageSocket {
  /** Texts in the order of sending, copied as a real socket copies them. */
  readonly texts: string[] = [];
  /** Number of writes. */
  writes = 0;
  closing: { readonly code: number; readonly reason: string } | undefined;
  /** What `send` answers. */
  outcome: SendOutcome = 'sent';
  /** Called when the protocol closes, as a real socket calls its close handler: before `close` returns. */
  onClose: (() => void) | undefined;
  bounds: BufferBounds | undefined;

  send(messages: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome {
    if (this.closing !== undefined) throw new Error('send on a closed socket');
    this.writes += 1;
    this.bounds = bounds;
    for (const message of messages) this.texts.push(Buffer.from(message).toString('utf8'));
    return this.outcome;
  }

  close(code: number, reason: string): void {
    if (this.closing !== undefined) throw new Error('closed twice');
    this.closing = { code, reason };
    this.onClose?.();
  }

  /** The code it was closed with. A method, so that one assertion on it does not narrow the next. */
  closeCode(): number | undefined {
    return this.closing?.code;
  }

  /** What was sent since the last call. */
  take(): ReceivedMessage[] {
    return this.texts.splice(0).map((text) => JSON.parse(text) as ReceivedMessage);
  }
}

/** A connection over a recording socket, scripted operations and a clock that stands still. */
export class RecordedConnection {
  readonly socket: RecordingSocket = new RecordingSocket();
  readonly operations: ScriptedOperations = new ScriptedOperations();
  readonly clock: ManualClock = new ManualClock();
  readonly drops: DropReason[] = [];
  readonly logged: string[] = [];
  readonly connection: Connection;
  /** What the memory of the process is said to be above. */
  memoryAbove: number | undefined;

  constructor(limits: Partial<ConnectionLimits> = {}) {
    const log: Logger = {
      info() {},
      warn() {},
      error: (message, fields) => this.logged.push(`${message} ${JSON.stringify(fields)}`),
    };
    const context = connectionContext({
      operations: this.operations,
      limits: { ...DEFAULT_CONNECTION_LIMITS, ...limits },
      clock: this.clock,
      drops: { countDrop: (reason) => this.drops.push(reason) },
      memory: { refusal: () => this.memoryAbove },
      log,
    });
    this.connection = new Connection(this.socket, context);
    this.socket.onClose = () => this.connection.closed();
    this.connection.opened('graphql-transport-ws');
  }

  /** A connection that is past its acknowledgement. */
  static ready(limits: Partial<ConnectionLimits> = {}, payload?: unknown): RecordedConnection {
    const recorded = new RecordedConnection(limits);
    recorded.say({ type: 'connection_init', payload });
    recorded.socket.take();
    return recorded;
  }

  /** A connection past its acknowledgement whose client asked for progress (P100). */
  static withProgress(limits: Partial<ConnectionLimits> = {}): RecordedConnection {
    return RecordedConnection.ready(limits, { sluice: { progress: true } });
  }

  /** The client sends a value as JSON. */
  say(message: unknown): void {
    this.sayText(JSON.stringify(message));
  }

  sayText(text: string): void {
    this.connection.receive(Buffer.from(text), false);
  }

  subscribe(id: string, query = 'subscription', rest: Record<string, unknown> = {}): void {
    this.say({ type: 'subscribe', id, payload: { query, ...rest } });
  }

  /** The source of the newest subscription, after subscribing. */
  subscribed(id: string): ScriptedSubscription {
    this.subscribe(id);
    return at(this.operations.subscriptions, -1);
  }

  complete(id: string): void {
    this.say({ type: 'complete', id });
  }
}

/** Lets promises that are settled run their continuations. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
