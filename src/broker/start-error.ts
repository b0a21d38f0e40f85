/** A mistake in an adapter's settings: trying again cannot help, so the gateway does not start. */
export class BrokerSettingsError extends Error {
  override readonly name: string = 'BrokerSettingsError';
  /** What is wrong and where, as a sentence for people. */
  readonly problem: string;
  /** What to do about it, as a sentence for people. */
  readonly fix: string;

  /** The message is problem and fix together. */
  constructor(problem: string, fix: string, options?: ErrorOptions) {
    super(`${problem} ${fix}`, options);
    this.problem = problem;
    this.fix = fix;
  }
}
