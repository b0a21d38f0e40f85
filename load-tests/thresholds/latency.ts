/** Bounds in milliseconds on the time from when an event was due to its arrival, for each delivery. */
export interface LatencyBounds {
  /** Of the fastest tenth: a delay that every event suffers shows here also on a machine that is busy with other things. */
  readonly p10: number;
  readonly p50: number;
  readonly p99: number;
}

/** By profile. Those of the smoke profile hold on two cores that the brokers, the gateway and k6 share. */
export const LATENCY: Readonly<Record<string, LatencyBounds>> = {
  smoke: { p10: 45, p50: 120, p99: 2_500 },
  baseline: { p10: 15, p50: 25, p99: 250 },
  stress: { p10: 50, p50: 100, p99: 1_000 },
  spike: { p10: 100, p50: 250, p99: 2_500 },
  soak: { p10: 15, p50: 25, p99: 250 },
  agreement: { p10: 15, p50: 25, p99: 250 },
};

/** The same of everything else that has a percentile: the 95th, in milliseconds. */
export const P95_MS: Readonly<Record<string, Readonly<Record<TimedMetric, number>>>> = {
  smoke: { connect_time: 2_000, ack_time: 2_000, resume_time: 1_000, replay_time: 5_000, publish_time: 1_000 },
  baseline: { connect_time: 3_000, ack_time: 3_000, resume_time: 500, replay_time: 10_000, publish_time: 250 },
  stress: { connect_time: 10_000, ack_time: 10_000, resume_time: 2_000, replay_time: 20_000, publish_time: 1_000 },
  spike: { connect_time: 10_000, ack_time: 10_000, resume_time: 2_000, replay_time: 20_000, publish_time: 2_500 },
  soak: { connect_time: 3_000, ack_time: 3_000, resume_time: 500, replay_time: 10_000, publish_time: 250 },
  agreement: { connect_time: 3_000, ack_time: 3_000, resume_time: 500, replay_time: 10_000, publish_time: 250 },
};

export type TimedMetric = 'connect_time' | 'ack_time' | 'resume_time' | 'replay_time' | 'publish_time';
