import type { TopicPlan } from './topic-plan.ts';

/** Per object type, the members that a discriminator fixes, with their values: Sluice writes them, and inputs lack them. */
export type MemberConstants = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Collects what the discriminators of all topics say of each object type. */
export function memberConstants(plans: readonly TopicPlan[]): MemberConstants {
  const constants = new Map<string, Map<string, string>>();
  for (const { discriminator } of plans) {
    if (discriminator === undefined) continue;
    for (const [value, type] of discriminator.types) {
      const own = constants.get(type) ?? new Map<string, string>();
      own.set(discriminator.member, value);
      constants.set(type, own);
    }
  }
  return constants;
}
