import type { GraphQLSchema } from 'graphql';
import { parseTemplate } from '../routing/template.ts';
import type { Topic, TopicName } from '../routing/topic.ts';
import type { Given } from './directive-arguments.ts';
import { type Discriminator, readDiscriminator } from './discriminator.ts';
import { membersOf } from './event-members.ts';
import type { ProblemList } from './problem-list.ts';
import type { TopicDeclaration } from './topic-declaration.ts';
import { type DeclaredFields, readFields } from './topic-fields.ts';
import { readParameters } from './topic-parameters.ts';
import { readPolicy } from './topic-policy.ts';

/** One topic, judged. */
export interface TopicPlan {
  readonly declaration: TopicDeclaration;
  readonly fields: DeclaredFields;
  readonly discriminator: Discriminator | undefined;
  /** Undefined when its name or its delivery cannot be read. */
  readonly topic: Topic | undefined;
}

function readTopic(
  declaration: TopicDeclaration,
  name: Given<string>,
  schema: GraphQLSchema,
  unknown: ReadonlySet<string>,
  problems: ProblemList,
): Topic | undefined {
  const parsed = parseTemplate(name.value);
  if (parsed.type === 'invalid') {
    problems.add(name.node, parsed.message, parsed.fix);
    return undefined;
  }
  const { template } = parsed;
  const parameters = readParameters(template, declaration.type, schema, name, unknown, problems);
  const policy = readPolicy(declaration, template, parameters, schema, problems);
  if (policy === undefined) return undefined;
  return {
    name: template.text as TopicName,
    typeName: declaration.type.name,
    template,
    parameters,
    policy,
    wildcard: declaration.wildcard?.value ?? false,
  };
}

/** Judges one declaration, reporting all that is wrong with it. */
export function planTopic(
  declaration: TopicDeclaration,
  schema: GraphQLSchema,
  unknown: ReadonlySet<string>,
  problems: ProblemList,
): TopicPlan {
  const { name, type } = declaration;
  if (membersOf(type, schema).length === 0) {
    problems.add(type.astNode?.name, `no type implements ${type.name}`, `Write a type that implements ${type.name}.`);
  }
  return {
    declaration,
    topic: name === undefined ? undefined : readTopic(declaration, name, schema, unknown, problems),
    fields: readFields(declaration, problems),
    discriminator: readDiscriminator(declaration, schema, problems),
  };
}
