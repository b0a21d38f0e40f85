import { clearTimeout, setTimeout } from 'k6/timers';
import type { Sizes } from '../profiles/sizes.ts';
import type { Delivery } from './deliveries.ts';
import { GATEWAY_SOCKET_URL } from './gateway.ts';
import { GatewayConnection, type Result } from './graphql-transport-ws.ts';
import { countDelivery, flushSeries } from './latency-series.ts';
import { ackTime, connectTime, e2eLatency, fail, settle } from './measures.ts';
import type { Ranks } from './ranks.ts';
import { markOf } from './real-traffic.ts';
import { endDeadline, eventCount, type RunPlan } from './run-plan.ts';
import { SequenceCheck } from './sequence.ts';

/** One kind of subscriber of real traffic. */
export interface TrafficInterest<Row> {
  readonly delivery: Delivery;
  /** Its root field is called `event` and selects `id` and what `streamOf` reads. */
  readonly query: string;
  /** The ordered stream that a row belongs to. */
  streamOf(row: Row): string;
  /** The streams in which it must get something, and what of each. */
  readonly ranks: ReadonlyMap<string, Ranks<Row>>;
}

interface Stream<Row> {
  readonly ranks: Ranks<Row>;
  readonly check: SequenceCheck;
  ended: boolean;
}

/** One socket with one subscription to real traffic, which knows from the data what must pass its filter. */
export class TrafficSubscriber<Row extends { readonly id: string }> {
  readonly #interest: TrafficInterest<Row>;
  readonly #plan: RunPlan;
  readonly #events: number;
  readonly #streams: ReadonlyMap<string, Stream<Row>>;
  readonly #tags: { readonly delivery: Delivery; readonly role: string };
  readonly #connection: GatewayConnection;
  readonly #attached: number;
  readonly #late: number;
  #heard = false;
  #over = false;

  constructor(interest: TrafficInterest<Row>, plan: RunPlan, sizes: Sizes) {
    this.#interest = interest;
    this.#plan = plan;
    this.#events = eventCount(sizes);
    this.#tags = { delivery: interest.delivery, role: 'subscriber' };
    this.#streams = new Map(
      [...interest.ranks].map(([name, ranks]) => [name, { ranks, check: new SequenceCheck(), ended: false }]),
    );
    this.#attached = setTimeout(() => {
      if (!this.#heard) fail(`a subscriber of real traffic was not attached when counting began: ${interest.query}`);
    }, plan.startAt - Date.now());
    this.#late = setTimeout(
      () => this.#give(`a subscriber of real traffic did not hear all ends in time: ${interest.query}`),
      endDeadline(plan, sizes) - Date.now(),
    );
    this.#connection = new GatewayConnection(GATEWAY_SOCKET_URL, {
      ready: (connectMs, ackMs) => {
        connectTime.add(connectMs);
        ackTime.add(ackMs);
        this.#connection.start(
          { query: interest.query, variables: {} },
          {
            next: (result) => this.#receive(result),
            completed: () => this.#give('the server ended a subscription of real traffic'),
            failed: (reason) => this.#give(reason),
          },
        );
      },
      lost: (reason) => this.#give(reason),
    });
  }

  #receive({ data, errors }: Result): void {
    const row = (data as { event?: Row | null } | null | undefined)?.event;
    if (errors !== undefined || row === undefined || row === null) {
      fail(`a result without an event: ${JSON.stringify({ data, errors })}`);
      return;
    }
    const mark = markOf(row.id);
    // Others may use the same topics.
    if (this.#over || mark === undefined || mark.run !== this.#plan.run) return;
    this.#heard = true;
    if (mark.kind === 'CALL') return;
    const stream = this.#streams.get(this.#interest.streamOf(row));
    if (mark.kind === 'END') {
      if (stream !== undefined) this.#end(stream);
      return;
    }
    const rank = stream?.ranks.rankOf(mark.sequence);
    if (stream === undefined || rank === undefined) {
      fail(`an event that the filter excludes: ${JSON.stringify(row)}`);
      return;
    }
    stream.check.receive(rank);
    const now = Date.now();
    e2eLatency.add(now - mark.due, this.#tags);
    countDelivery(this.#interest.delivery, now - mark.due, now);
  }

  #end(stream: Stream<Row>): void {
    stream.ended = true;
    if ([...this.#streams.values()].every(({ ended }) => ended)) this.#settle();
  }

  #give(reason: string): void {
    if (this.#over) return;
    fail(reason);
    this.#settle();
  }

  #settle(): void {
    this.#over = true;
    for (const { ranks, check } of this.#streams.values()) {
      const expected = ranks.countUpTo(this.#events);
      check.end(expected);
      settle({ ...this.#tags, expected, flagged: 0, check });
    }
    flushSeries();
    clearTimeout(this.#attached);
    clearTimeout(this.#late);
    this.#connection.close();
  }
}
