// Runs the stages of a check and tells, in one line for each, how it went and how long it took.

const NAME_WIDTH = 14;

/** @typedef {{name: string, outcome: 'passed' | 'failed' | 'not run', seconds: number, note: string}} StageResult */

export class Stages {
  /** @type {StageResult[]} in the order in which they ended */
  #results = [];
  #say;
  #now;
  #started;

  /** @param {{say?: (line: string) => void, now?: () => number}} [options] `now` in milliseconds */
  constructor({ say = console.log, now = () => performance.now() } = {}) {
    this.#say = say;
    this.#now = now;
    this.#started = now();
  }

  /**
   * Runs one stage. A stage that throws has failed: its message is printed and the others go on.
   * @template T
   * @param {string} name
   * @param {(note: (text: string) => void) => Promise<T>} work may say a few words for its line
   * @returns {Promise<T | undefined>} undefined when it failed
   */
  async run(name, work) {
    const started = this.#now();
    let note = '';
    try {
      const result = await work((text) => {
        note = text;
      });
      this.#end({ name, outcome: 'passed', seconds: (this.#now() - started) / 1000, note });
      return result;
    } catch (error) {
      this.#say(`\n${error instanceof Error ? error.message : String(error)}\n`);
      this.#end({ name, outcome: 'failed', seconds: (this.#now() - started) / 1000, note });
      return undefined;
    }
  }

  /** Records a stage that could not be tried, because one before it failed. Counts as a failure. */
  skip(name, note) {
    this.#end({ name, outcome: 'not run', seconds: 0, note });
  }

  get ok() {
    return this.#results.every((result) => result.outcome === 'passed');
  }

  /** The closing table. Stages may run side by side, so the last line is the time that passed, not their sum. */
  table() {
    const seconds = (this.#now() - this.#started) / 1000;
    const rule = '─'.repeat(NAME_WIDTH + 22);
    return [
      '',
      rule,
      ...this.#results.map(line),
      rule,
      line({ name: 'all stages', outcome: this.ok ? 'passed' : 'failed', seconds, note: '' }),
    ].join('\n');
  }

  #end(result) {
    this.#results.push(result);
    this.#say(line(result));
  }
}

function line({ name, outcome, seconds, note }) {
  return `${name.padEnd(NAME_WIDTH)} ${outcome.padEnd(8)} ${seconds.toFixed(1).padStart(7)} s  ${note}`.trimEnd();
}
