import type { GraphQLFieldResolver } from 'graphql';
import { memberResolver } from '../fanout/projection/member.ts';
import type { JsonObject } from '../json/value.ts';
import type { TraceContext } from '../tracing/trace-context.ts';

/** Kept for one run of a query or mutation. */
export interface RunContext {
  /** Response keys of root fields whose values hold stored events: what does not fit its type there is EVENT_INVALID (P97). */
  readonly storedEvents: Set<string | number>;
  /** What is published belongs to this trace. */
  readonly trace?: TraceContext | undefined;
}

/** A root field, or a member that is made only when it is asked for. */
export type MemberFunction = (
  args: Readonly<Record<string, unknown>>,
  context: RunContext,
  responseKey: string | number,
) => unknown;

/** Reads own members only (A57): functions of Sluice's own objects are called; stored events are JSON, so they have none. */
export const ownMemberResolver: GraphQLFieldResolver<Readonly<Record<string, unknown>>, RunContext> = (
  source,
  args,
  context,
  info,
) => {
  const member = Object.hasOwn(source, info.fieldName) ? source[info.fieldName] : null;
  if (typeof member === 'function') return (member as MemberFunction)(args, context, info.path.key);
  return memberResolver(source as JsonObject, args, context, info);
};
