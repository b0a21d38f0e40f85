/** The gateway cannot start as it is configured; carries every problem that was found, not only the first. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** Each says what is wrong and what to do about it. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
