/** A set that costs no more than a field while it holds one member: most streams have one subscriber, most values one group. */
export class SmallSet<Member extends object> {
  #members: Member | Set<Member> | undefined;

  get size(): number {
    const members = this.#members;
    if (members === undefined) return 0;
    return members instanceof Set ? members.size : 1;
  }

  add(member: Member): void {
    const members = this.#members;
    if (members === undefined) this.#members = member;
    else if (members instanceof Set) members.add(member);
    else if (members !== member) this.#members = new Set([members, member]);
  }

  /** False when it was not in it. */
  delete(member: Member): boolean {
    const members = this.#members;
    if (members instanceof Set) {
      const deleted = members.delete(member);
      if (members.size === 0) this.#members = undefined;
      return deleted;
    }
    if (members === undefined || members !== member) return false;
    this.#members = undefined;
    return true;
  }

  /** Members may come and go meanwhile, as with `Set`. */
  each(visit: (member: Member) => void): void {
    const members = this.#members;
    if (members instanceof Set) for (const member of members) visit(member);
    else if (members !== undefined) visit(members);
  }

  clear(): void {
    this.#members = undefined;
  }
}
