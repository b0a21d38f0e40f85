/** The scenarios, each a file of scenarios/. */
export type ScenarioName =
  | 'fanout'
  | 'many-topics'
  | 'publish'
  | 'mixed'
  | 'connect-storm'
  | 'subscribe-churn'
  | 'slow-consumers'
  | 'resume'
  | 'replay'
  | 'sse'
  | 'soak';

/** How large a run is. README.md says what each scenario makes of them. */
export interface Sizes {
  /** Of the time in which events are counted. */
  readonly seconds: number;
  /** Before it, for connecting. */
  readonly attachSeconds: number;
  /** For each delivery. */
  readonly topics: number;
  /** For each topic. */
  readonly subscribers: number;
  /** Events per second, for each topic. */
  readonly rate: number;
  /** Of the text of an event. */
  readonly bytes: number;
  /** Virtual users of k6 that hold the subscribers. */
  readonly users: number;
}

export type Profile = Readonly<Record<ScenarioName, Sizes>>;
