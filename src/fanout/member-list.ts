import type { Member } from './member.ts';

/** So many gaps are left before the list is closed up, however few members there are. */
const MIN_GAPS = 32;

/**
 * The members of a group in the order of joining, with one cursor that goes round. A Set's iterator would leave an object behind for
 * each member and batch, and costs three times the memory. Members may come and go while the cursor is on its way: those who leave
 * are not met any more, those who come are met last.
 */
export class MemberList {
  /** Undefined where one has left. Each member knows its place. */
  #members: (Member | undefined)[] = [];
  #size = 0;
  /** The place that is looked at next. */
  #cursor = 0;

  get size(): number {
    return this.#size;
  }

  add(member: Member): void {
    member.place = this.#members.length;
    // A literal has room for one; most lists of a wide topic never get more.
    if (this.#members.length === 0) this.#members = [member];
    else this.#members.push(member);
    this.#size += 1;
  }

  /** False when it is not in it. */
  delete(member: Member): boolean {
    if (this.#members[member.place] !== member) return false;
    this.#members[member.place] = undefined;
    this.#size -= 1;
    if (this.#members.length - this.#size > Math.max(MIN_GAPS, this.#size)) this.#closeUp();
    return true;
  }

  /** The cursor goes to the first member. */
  rewind(): void {
    this.#cursor = 0;
  }

  /** The member behind the cursor, which moves on; undefined at the end. */
  next(): Member | undefined {
    while (this.#cursor < this.#members.length) {
      const member = this.#members[this.#cursor];
      this.#cursor += 1;
      if (member !== undefined) return member;
    }
    return undefined;
  }

  #closeUp(): void {
    const members: Member[] = [];
    let cursor = 0;
    for (const [place, member] of this.#members.entries()) {
      if (place === this.#cursor) cursor = members.length;
      if (member === undefined) continue;
      member.place = members.length;
      members.push(member);
    }
    this.#cursor = this.#cursor >= this.#members.length ? members.length : cursor;
    this.#members = members;
  }
}
