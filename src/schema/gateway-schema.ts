import type { GraphQLNamedOutputType, GraphQLSchema } from 'graphql';
import type { JsonObject } from '../json/value.ts';
import type { Topic } from '../routing/topic.ts';

/** Names of the root fields that a topic gives the API; undefined where the schema leaves one out with null. */
export interface TopicFields {
  readonly subscription: string | undefined;
  readonly mutation: string | undefined;
  /** `mutation` + `Batch`; undefined together with it. */
  readonly mutationBatch: string | undefined;
  /** The Query field that reads what is kept; undefined for an EPHEMERAL topic, too. */
  readonly history: string | undefined;
}

/** One declared topic and what was derived from it. */
export interface TopicApi {
  readonly topic: Topic;
  /** The type of its events: an object, interface or union type of `GatewaySchema.schema`. */
  readonly eventType: GraphQLNamedOutputType;
  readonly fields: TopicFields;
  /**
   * Turns a coerced value of the derived input type into the event that is published: a `@oneOf` input becomes the member's
   * value with its discriminator written, everything else stays as the publisher wrote it. Undefined when there is no mutation.
   */
  readonly eventFromInput: ((input: Readonly<Record<string, unknown>>) => JsonObject) | undefined;
}

/** One schema file, checked and derived. Immutable. */
export interface GatewaySchema {
  /**
   * The user's types and the derived API (design §1, §8). Its fields have no resolvers: the operation room supplies root values,
   * the fan-out room resolves events. Its abstract types have `resolveType`, which reads the discriminator member.
   */
  readonly schema: GraphQLSchema;
  /** In the order of the file. */
  readonly topics: readonly TopicApi[];
}
