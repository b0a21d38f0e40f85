import { agreement } from '../profiles/agreement.ts';
import { baseline } from '../profiles/baseline.ts';
import type { Profile, ScenarioName, Sizes } from '../profiles/sizes.ts';
import { smoke } from '../profiles/smoke.ts';
import { soak } from '../profiles/soak.ts';
import { spike } from '../profiles/spike.ts';
import { stress } from '../profiles/stress.ts';
import { DELIVERIES, type Delivery } from './deliveries.ts';

const PROFILES: Readonly<Record<string, Profile>> = { smoke, baseline, stress, spike, soak, agreement };

/** The variables that change one size each, whatever the profile says. */
const VARIABLES: Readonly<Record<string, keyof Sizes>> = {
  LOAD_SECONDS: 'seconds',
  LOAD_ATTACH_SECONDS: 'attachSeconds',
  LOAD_TOPICS: 'topics',
  LOAD_SUBSCRIBERS: 'subscribers',
  LOAD_RATE: 'rate',
  LOAD_BYTES: 'bytes',
  LOAD_USERS: 'users',
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {Error} for an unknown profile, and for a size that is no positive number */
export function sizesOf(scenario: ScenarioName, environment: Environment): Sizes {
  const name = profileName(environment);
  const profile = PROFILES[name];
  if (profile === undefined)
    throw new Error(`There is no profile ${name}: take one of ${Object.keys(PROFILES).join(', ')}.`);
  const changes: Record<string, number> = {};
  for (const [variable, size] of Object.entries(VARIABLES)) {
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    const value = Number(text);
    if (!(value > 0)) throw new Error(`${variable} is ${text}; it must be a number above 0.`);
    changes[size] = value;
  }
  return { ...profile[scenario], ...changes };
}

export function profileName(environment: Environment): string {
  return environment['PROFILE'] ?? 'smoke';
}

/** All that are named by LOAD_DELIVERIES, or all of `possible`. */
export function deliveriesOf(
  environment: Environment,
  possible: readonly Delivery[] = DELIVERIES,
): readonly Delivery[] {
  const named = environment['LOAD_DELIVERIES'];
  if (named === undefined || named === '') return possible;
  const chosen = possible.filter((delivery) => named.split(',').includes(delivery));
  if (chosen.length === 0)
    throw new Error(`LOAD_DELIVERIES is ${named}; this scenario takes some of ${possible.join(',')}.`);
  return chosen;
}
