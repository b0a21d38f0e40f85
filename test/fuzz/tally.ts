/** What a fuzz run counts, and everything that should not have happened. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #problems: string[] = [];
  #messages = 0;

  get messages(): number {
    return this.#messages;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  sent(kind: string, messages = 1): void {
    this.#messages += messages;
    this.count(`sent: ${kind}`, messages);
  }

  count(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  problem(text: string): void {
    // The first ones tell the story.
    if (this.#problems.length < 20) this.#problems.push(text);
  }

  /** Looks through what a server answered for what it must never say. `session` names who sent it. */
  judge(session: string, answer: string): void {
    if (answer.includes('INTERNAL_SERVER_ERROR')) this.problem(`${session}: ${answer.slice(0, 600)}`);
    if (answer.startsWith('HTTP/1.1 500')) this.problem(`${session}: ${answer.slice(0, 600)}`);
  }
}
