import { machineCpuSeconds, ownCpuSeconds, type Usage, usageOf } from '../support/process-usage.ts';
import type { Audience } from './audience.ts';
import { Latencies, type Percentiles } from './latencies.ts';
import type { Publisher } from './publisher.ts';
import { Ticker } from './ticker.ts';

export interface LoadOptions {
  readonly audience: Audience;
  readonly publisher: Publisher;
  /** Events per second, over all streams. */
  readonly rate: number;
  /** Before the measured time, at the same rate. */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** The longest wait after the last event for what is still on its way. */
  readonly drainSeconds: number;
  /** Of the server that is measured. */
  readonly serverPids: readonly number[];
  /** Of Redis and Kafka. */
  readonly brokerPids: readonly number[];
}

/** What one run at one rate showed. Shares of processors are in cores. */
export interface LoadResult {
  readonly subscribers: number;
  readonly rate: number;
  readonly seconds: number;
  readonly published: number;
  /** All that came until the end of the drain, each once. */
  readonly delivered: number;
  readonly deliveriesPerSecond: number;
  /** What arrived within the measured time over what was due in it. */
  readonly deliveredRatio: number;
  readonly gaps: number;
  readonly duplicates: number;
  readonly reordered: number;
  /** Whether there was an order to keep: not where several connections published side by side. */
  readonly ordered: boolean;
  /** Not there after the drain. */
  readonly undelivered: number;
  readonly connectionsLost: number;
  readonly publishFailures: number;
  /** Mutations without an answer after the drain. */
  readonly publishesUnanswered: number;
  /** From the moment that the schedule names, whatever delayed the publish. */
  readonly latency: Percentiles;
  /** The longest time by which the generator was late. */
  readonly publisherLateMs: number;
  readonly generatorCpu: number;
  readonly serverCpu: number;
  /** Part of `serverCpu` spent in the kernel, 0 to 1. */
  readonly serverKernelShare: number;
  readonly microsecondsPerDelivery: number;
  readonly brokerCpu: number;
  /** Of processes that are no part of the test: repeat a run in which it is not small. */
  readonly foreignCpu: number;
  readonly serverResidentBytes: number;
}

/** Latency is taken of about so many deliveries, of all on some connections. */
const SAMPLES = 200_000;
/** The schedule is looked at again after so many deliveries of one turn. */
const LOOK_EVERY = 512;

/**
 * Publishes on a fixed schedule (an open loop: a slow server does not slow it down) and counts what arrives. Numbers go on from
 * `firstNumber`, which is a multiple of the streams, and the audience must have nothing of an earlier run on its way.
 */
export function measureLoad(options: LoadOptions, firstNumber = 0): Promise<LoadResult> {
  return new LoadRun(options, firstNumber).result();
}

class LoadRun {
  readonly #options: LoadOptions;
  readonly #first: number;
  readonly #latencies: Latencies = new Latencies();
  readonly #ticker: Ticker = new Ticker(() => this.#tick());
  readonly #sampleEvery: number;
  readonly #events: number;
  readonly #warmEvents: number;
  #startedAt = Number.POSITIVE_INFINITY;
  #sent = 0;
  #lateMs = 0;
  #deliveries = 0;
  #over = false;

  constructor(options: LoadOptions, firstNumber: number) {
    this.#options = options;
    this.#first = firstNumber;
    this.#warmEvents = Math.round(options.rate * options.warmSeconds);
    this.#events = this.#warmEvents + Math.round(options.rate * options.seconds);
    const { size, streams } = options.audience;
    this.#sampleEvery = Math.max(1, Math.min(size, Math.floor((this.#events * size) / streams / SAMPLES)));
  }

  async result(): Promise<LoadResult> {
    const { audience, publisher, rate, warmSeconds, seconds, drainSeconds } = this.#options;
    const failuresBefore = publisher.failures;
    audience.expectFrom(this.#first);
    audience.onDelivery = (connection, number) => this.#delivered(connection, number);
    this.#startedAt = performance.now() + 5;
    this.#tick();
    await pause(this.#startedAt + warmSeconds * 1000 - performance.now());
    const before = this.#snapshot();
    await pause(this.#startedAt + (warmSeconds + seconds) * 1000 - performance.now());
    const after = this.#snapshot();
    const elapsed = (after.at - before.at) / 1000;
    const perStream = audience.size / audience.streams;
    const expected = this.#events * perStream;
    const drained = performance.now() + drainSeconds * 1000;
    while (audience.check.unique < expected && performance.now() < drained && audience.lost < audience.size)
      await pause(10);
    this.#over = true;
    await this.#ticker.close();
    audience.onDelivery = () => {};
    const deliveries = after.deliveries - before.deliveries;
    const cores = (of: (usage: Snapshot) => number): number => (of(after) - of(before)) / elapsed;
    const serverCpu = cores(({ server }) => server.cpuSeconds);
    const generatorCpu = cores(({ own }) => own);
    const brokerCpu = cores(({ brokers }) => brokers.cpuSeconds);
    return {
      subscribers: audience.size,
      rate,
      seconds,
      published: this.#sent,
      delivered: audience.check.unique,
      deliveriesPerSecond: deliveries / elapsed,
      deliveredRatio: deliveries / (rate * elapsed * perStream),
      gaps: audience.check.gaps,
      duplicates: audience.check.duplicates,
      reordered: audience.check.reordered,
      ordered: publisher.ordered,
      undelivered: expected - audience.check.unique,
      connectionsLost: audience.lost,
      publishFailures: publisher.failures - failuresBefore,
      publishesUnanswered: publisher.unanswered,
      latency: this.#latencies.percentiles(),
      publisherLateMs: this.#lateMs,
      generatorCpu,
      serverCpu,
      serverKernelShare: cores(({ server }) => server.kernelSeconds) / serverCpu,
      microsecondsPerDelivery: (serverCpu * elapsed * 1e6) / deliveries,
      brokerCpu,
      foreignCpu: Math.max(0, cores(({ machine }) => machine) - serverCpu - generatorCpu - brokerCpu),
      serverResidentBytes: after.server.residentBytes,
    };
  }

  #tick(): void {
    if (this.#over) return;
    this.#publishDue();
    if (this.#sent === this.#events) return;
    const wait = this.#dueAt(this.#sent) - performance.now();
    // A publisher that could take no more is asked again soon.
    this.#ticker.arm(wait > 0 ? wait : 0.2);
  }

  #dueAt(event: number): number {
    return this.#startedAt + (event * 1000) / this.#options.rate;
  }

  #publishDue(): void {
    const { publisher, rate, audience } = this.#options;
    const now = performance.now();
    const due = Math.min(this.#events, Math.floor(((now - this.#startedAt) * rate) / 1000) + 1);
    if (this.#sent >= due) return;
    this.#lateMs = Math.max(this.#lateMs, now - this.#dueAt(this.#sent));
    while (this.#sent < due && publisher.publish(this.#first + this.#sent, this.#sent % audience.streams))
      this.#sent += 1;
    publisher.flush();
  }

  #delivered(connection: number, number: number): void {
    this.#deliveries += 1;
    if (connection % this.#sampleEvery === 0) {
      const event = number - this.#first;
      if (event >= this.#warmEvents) this.#latencies.add(performance.now() - this.#dueAt(event));
    }
    if (this.#deliveries % LOOK_EVERY === 0) this.#publishDue();
  }

  #snapshot(): Snapshot {
    return {
      at: performance.now(),
      deliveries: this.#deliveries,
      server: usageOf(this.#options.serverPids),
      brokers: usageOf(this.#options.brokerPids),
      own: ownCpuSeconds(),
      machine: machineCpuSeconds(),
    };
  }
}

interface Snapshot {
  readonly at: number;
  readonly deliveries: number;
  readonly server: Usage;
  readonly brokers: Usage;
  readonly own: number;
  readonly machine: number;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
