import type { TopicMetrics } from '../metrics/topic-metrics.ts';
import type { CursorScope } from '../routing/cursor.ts';
import type { StreamPosition } from '../routing/position.ts';
import type { Event } from './event.ts';
import type { EventPlace } from './event-place.ts';
import { FilterIndex } from './filter/filter-index.ts';
import type { Flush } from './flush.ts';
import { Group, type GroupOwner } from './group.ts';
import type { SubscriptionPlan } from './plan.ts';
import { Selection } from './selection.ts';
import { SmallMap } from './small-map.ts';

/** The groups of one selection, by filter key. */
interface SelectionGroups {
  readonly selection: Selection;
  readonly groups: SmallMap<string, Group>;
}

/** What the groups of an instance need of their stream. */
export interface InstanceOwner {
  readonly metrics: TopicMetrics;
  readonly flush: Flush;
  /** Groups with live members, of all instances. */
  listening: number;
  /** Where the stream's tail stands; undefined where nothing is kept. */
  head(): StreamPosition | undefined;
  /** Monotonic milliseconds: when the record that is being offered was received. */
  readonly receivedAt: number;
}

/**
 * The groups of one instance, or of those who subscribe to every instance: offers an event to those whose filter lets it through.
 * Only groups with live members are looked at; groups come and go in constant time, however many there are.
 */
export class InstanceGroups implements GroupOwner {
  readonly scope: CursorScope;
  readonly #owner: InstanceOwner;
  /** By selection key. */
  readonly #selections = new SmallMap<string, SelectionGroups>();
  #listeningCount = 0;
  /** The group with live members, as long as no other has had any at the same time. */
  #sole: Group | undefined;
  /** The groups with live members, as soon as there are several. */
  #listening: FilterIndex<Group> | undefined;

  constructor(scope: CursorScope, owner: InstanceOwner) {
    this.scope = scope;
    this.#owner = owner;
  }

  /** Is there nobody who would get an event now? */
  get silent(): boolean {
    return this.#listeningCount === 0;
  }

  get empty(): boolean {
    return this.#selections.size === 0;
  }

  /** The group that the plan shares; made when it is the first. */
  groupOf(plan: SubscriptionPlan): Group {
    let selected = this.#selections.get(plan.selectionKey);
    if (selected === undefined) {
      selected = { selection: new Selection(plan), groups: new SmallMap() };
      this.#selections.set(plan.selectionKey, selected);
    }
    let group = selected.groups.get(plan.filterKey);
    if (group === undefined) {
      const { instance, selectionKey, filterKey, document } = plan;
      const key = { instance, selectionKey, filterKey, document };
      group = new Group(key, selected.selection, plan.compileFilter(), this.#owner.metrics, this);
      selected.groups.set(plan.filterKey, group);
    }
    return group;
  }

  /** Nobody uses the group any more. */
  forget(group: Group): void {
    const { selectionKey, filterKey } = group.key;
    const selected = this.#selections.get(selectionKey);
    if (selected === undefined || selected.groups.get(filterKey) !== group) return;
    selected.groups.delete(filterKey);
    if (selected.groups.size === 0) this.#selections.delete(selectionKey);
  }

  offer(event: Event, place: EventPlace | undefined): void {
    if (this.#sole !== undefined) this.#offerTo(this.#sole, event, place);
    else this.#offerToAll(event, place);
  }

  #offerTo(group: Group, event: Event, place: EventPlace | undefined): void {
    if (!group.passes(event)) return;
    group.append(group.selection.payload(event, place), place, event.timestamp);
    group.selection.forget();
    this.#owner.flush.schedule(group);
  }

  #offerToAll(event: Event, place: EventPlace | undefined): void {
    const offered: Selection[] = [];
    const give = (group: Group): void => {
      const { selection } = group;
      offered.push(selection);
      group.append(selection.payload(event, place), place, event.timestamp);
      this.#owner.flush.schedule(group);
    };
    if (event.type === 'valid') this.#listening?.select(event.value, give);
    else this.#eachGroup((group) => (group.listening ? give(group) : undefined));
    for (const selection of offered) selection.forget();
  }

  /** The tail has told where it begins, or where it begins to read partitions that were added. */
  positioned(start: StreamPosition): void {
    this.#eachGroup((group) => group.positioned(start));
  }

  /** Groups, and the compiled selections that they share. */
  count(): { readonly groups: number; readonly projections: number } {
    let groups = 0;
    this.#selections.each((selected) => {
      groups += selected.groups.size;
    });
    return { groups, projections: this.#selections.size };
  }

  // As the owner of its groups.

  get receivedAt(): number {
    return this.#owner.receivedAt;
  }

  head(): StreamPosition | undefined {
    return this.#owner.head();
  }

  listen(group: Group): void {
    this.#listeningCount += 1;
    this.#owner.listening += 1;
    if (this.#listening === undefined) {
      if (this.#sole === undefined) {
        this.#sole = group;
        return;
      }
      this.#listening = new FilterIndex();
      this.#sole.entry = this.#listening.add(this.#sole, this.#sole.filter);
      this.#sole = undefined;
    }
    group.entry = this.#listening.add(group, group.filter);
  }

  hush(group: Group): void {
    this.#listeningCount -= 1;
    this.#owner.listening -= 1;
    if (group.entry !== undefined) this.#listening?.remove(group.entry);
    group.entry = undefined;
    if (this.#listeningCount > 0) return;
    this.#sole = undefined;
    this.#listening = undefined;
  }

  #eachGroup(visit: (group: Group) => void): void {
    this.#selections.each(({ groups }) => groups.each(visit));
  }
}
