import type { GraphQLScalarType } from 'graphql';
import { CursorScalar } from './cursor.ts';
import { DateTimeScalar } from './date-time.ts';
import { JsonScalar } from './json.ts';
import { LongScalar } from './long.ts';
import { TimestampScalar } from './timestamp.ts';

/** The scalars that every schema has without declaring them, beside GraphQL's own five (design §8). */
export const BUILT_IN_SCALARS: readonly GraphQLScalarType[] = [
  DateTimeScalar,
  TimestampScalar,
  LongScalar,
  JsonScalar,
  CursorScalar,
];
