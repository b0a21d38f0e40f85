/**
 * A source of choices that fast-check can shrink: a list of numbers, read one by one. Where it ends every choice is the first,
 * so generators put the simplest choice first.
 */
export class Tape {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** Nothing is left but first choices: what is generated should come to its end. */
  get ended(): boolean {
    return this.#next >= this.#numbers.length;
  }

  /** From 0 to `bound` − 1. */
  below(bound: number): number {
    const number = this.#numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % bound;
  }

  /** True in about `percent` of 100 cases; false where the tape ends. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('nothing to pick from');
    return choice;
  }

  /** About half of the choices, in their order; never none. */
  some<T>(choices: readonly T[]): T[] {
    const chosen = choices.filter(() => this.chance(50));
    return chosen.length > 0 ? chosen : choices.slice(0, 1);
  }
}
