import { randomBytes } from 'node:crypto';
import type { OperationError } from '../../error/operation-error.ts';
import type { Logger } from '../../log/logger.ts';
import type { GatewayMetrics } from '../../metrics/gateway-metrics.ts';
import type { Clock } from '../../time/clock.ts';
import type { Caller } from '../port.ts';
import { addressKey } from './address-key.ts';
import { AddressTable } from './address-table.ts';
import { type CallerLimit, refusalOf } from './refusal-of.ts';
import { type Rate, rateOf, TokenBucket } from './token-bucket.ts';

/** Bounds on one client; 0 is no limit. */
export interface CallerLimits {
  /** A20: WebSockets and event streams open at once, by address. */
  readonly maxSocketsPerAddress: number;
  /** A20: WebSockets and event streams opened, by address. */
  readonly maxConnectionsPerSecond: number;
  /** A22: operations, pings and the like, by WebSocket. */
  readonly maxOperationsPerSecond: number;
  /** A22: operations, by address. */
  readonly maxOperationsPerAddress: number;
}

export const NO_CALLER_LIMITS: CallerLimits = {
  maxSocketsPerAddress: 0,
  maxConnectionsPerSecond: 0,
  maxOperationsPerSecond: 0,
  maxOperationsPerAddress: 0,
};

const CALLER_LIMITS = Object.keys(NO_CALLER_LIMITS) as readonly (keyof CallerLimits)[];

export interface CallersOptions {
  readonly limits: CallerLimits;
  readonly clock: Clock;
  readonly metrics: Pick<GatewayMetrics, 'countDrop'>;
  readonly log: Logger;
  /** Addresses without an open socket that are remembered. Default 10,000. */
  readonly rememberedAddresses?: number;
}

/** A limit that is hit is told to the log once in this time, in milliseconds. */
const LOG_INTERVAL_MS = 60_000;

/** Everyone who sends requests, so that nobody sends too many (A20, A22). One for all transports of a listener. */
export class Callers {
  readonly limits: CallerLimits;
  readonly clock: Clock;
  readonly table: AddressTable;
  readonly operations: Rate | undefined;
  readonly operationsPerAddress: Rate | undefined;
  readonly connections: Rate | undefined;
  readonly #options: CallersOptions;
  readonly #loggedAt = new Map<CallerLimit, number>();
  readonly #unlimited: boolean;
  /** Tells the ids of this process from those of others, and of its last life. */
  readonly #idPrefix = randomBytes(3).toString('hex');
  #count = 0;

  constructor(options: CallersOptions) {
    const { limits } = options;
    this.#options = options;
    this.limits = limits;
    this.clock = options.clock;
    this.table = new AddressTable(options.rememberedAddresses ?? 10_000);
    const rate = (perSecond: number): Rate | undefined => (perSecond > 0 ? rateOf(perSecond) : undefined);
    this.operations = rate(limits.maxOperationsPerSecond);
    this.operationsPerAddress = rate(limits.maxOperationsPerAddress);
    this.connections = rate(limits.maxConnectionsPerSecond);
    this.#unlimited = CALLER_LIMITS.every((name) => limits[name] === 0);
  }

  /** The caller behind a new WebSocket or HTTP request; its address is only asked for where there is a limit, or it is to be `named`. */
  caller(address: () => string, named = false): ClientCaller {
    this.#count += 1;
    if (!this.#unlimited) return new LimitedCaller(this, this.#count, addressKey(address()));
    return new UnlimitedCaller(this, this.#count, named ? addressKey(address()) : undefined);
  }

  /** The id of the so many-th caller, for logs and traces. */
  id(number: number): string {
    return `${this.#idPrefix}-${number.toString(36)}`;
  }

  /** Counts a refusal, tells the log now and then, and makes the error. */
  refuse(limit: CallerLimit, address: string, retryAfterMs: number): OperationError {
    const { metrics, log } = this.#options;
    metrics.countDrop('rate_limit', limit);
    const now = this.clock.monotonic();
    const loggedAt = this.#loggedAt.get(limit);
    if (loggedAt === undefined || now - loggedAt >= LOG_INTERVAL_MS) {
      this.#loggedAt.set(limit, now);
      log.warn('a client is over a limit; if its address is that of a proxy, name it with --trusted-proxies', {
        address,
        limit,
        value: this.limits[limit],
      });
    }
    return refusalOf(limit, this.limits[limit], retryAfterMs);
  }
}

/** One client, for as long as its WebSocket, event stream or HTTP request lasts. */
export interface ClientCaller extends Caller {
  /** Where it calls from, as far as it is known; of an IPv6 address its first half. */
  readonly address?: string | undefined;
  /** Did it go on although it was refused, so long that it should be cut off? */
  readonly flooding: boolean;
  /** It wants to open a WebSocket or an event stream. Undefined: it may, and `close` has to follow. */
  open(): OperationError | undefined;
  /** Its WebSocket or event stream is closed. Idempotent; nothing without `open`. */
  close(): void;
}

/** Nobody's limits. */
export const UNLIMITED_CALLER: ClientCaller = {
  flooding: false,
  admit: () => undefined,
  open: () => undefined,
  close() {},
};

class UnlimitedCaller implements ClientCaller {
  readonly #callers: Callers;
  readonly #number: number;
  readonly address: string | undefined;

  constructor(callers: Callers, number: number, address: string | undefined) {
    this.#callers = callers;
    this.#number = number;
    this.address = address;
  }

  get id(): string {
    return this.#callers.id(this.#number);
  }

  get flooding(): boolean {
    return false;
  }

  admit(): undefined {}

  open(): undefined {}

  close(): void {}
}

/** A place among the sockets of an address is not waited for in vain for longer than this, in milliseconds. */
const SOCKET_RETRY_MS = 5_000;

class LimitedCaller implements ClientCaller {
  readonly #callers: Callers;
  readonly #number: number;
  readonly address: string;
  #bucket: TokenBucket | undefined;
  #isOpen = false;

  constructor(callers: Callers, number: number, address: string) {
    this.#callers = callers;
    this.#number = number;
    this.address = address;
  }

  get id(): string {
    return this.#callers.id(this.#number);
  }

  get flooding(): boolean {
    const { operations } = this.#callers;
    return operations !== undefined && this.#bucket?.isExhausted(operations) === true;
  }

  admit(): OperationError | undefined {
    const { operations, operationsPerAddress, clock, table } = this.#callers;
    const now = clock.monotonic();
    if (operations !== undefined) {
      this.#bucket ??= new TokenBucket(operations, now);
      const wait = this.#bucket.takeOrOwe(operations, now);
      if (wait > 0) return this.#refuse('maxOperationsPerSecond', wait);
    }
    if (operationsPerAddress === undefined) return undefined;
    const entry = table.get(this.address);
    entry.operations ??= new TokenBucket(operationsPerAddress, now);
    const wait = entry.operations.take(operationsPerAddress, now);
    return wait === 0 ? undefined : this.#refuse('maxOperationsPerAddress', wait);
  }

  open(): OperationError | undefined {
    const { connections, limits, clock, table } = this.#callers;
    const entry = table.get(this.address);
    if (limits.maxSocketsPerAddress > 0 && entry.sockets >= limits.maxSocketsPerAddress) {
      return this.#refuse('maxSocketsPerAddress', SOCKET_RETRY_MS);
    }
    if (connections !== undefined) {
      const now = clock.monotonic();
      entry.connections ??= new TokenBucket(connections, now);
      const wait = entry.connections.take(connections, now);
      if (wait > 0) return this.#refuse('maxConnectionsPerSecond', wait);
    }
    table.opened(this.address);
    this.#isOpen = true;
    return undefined;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#callers.table.closed(this.address);
  }

  #refuse(limit: CallerLimit, retryAfterMs: number): OperationError {
    return this.#callers.refuse(limit, this.address, retryAfterMs);
  }
}
