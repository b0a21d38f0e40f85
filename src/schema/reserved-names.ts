import {
  type ASTNode,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  isAbstractType,
  isIntrospectionType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type { ProblemList } from './problem-list.ts';
import type { NamedField } from './topic-fields.ts';
import type { TopicPlan } from './topic-plan.ts';
import { BUILT_IN_SCALAR_NAMES } from './user-types.ts';

/** Type names of the API itself, whether a schema needs them or not, so that it still fits when it does. */
const API_TYPE_NAMES: readonly string[] = [
  'Delivery',
  'TopicInfo',
  'TopicParameter',
  'PublishReceipt',
  'PublishFailure',
  'PublishResult',
  'ReplayFrom',
  'PageInfo',
  ...[...BUILT_IN_SCALAR_NAMES].map((name) => `${name}Filter`),
];

interface Derivation {
  readonly name: string;
  /** For the message. */
  readonly from: string;
}

/** What is derived from the topics and from the types that they reach. */
function derivations(
  plans: readonly TopicPlan[],
  inputs: ReadonlySet<GraphQLNamedOutputType>,
  filtered: ReadonlySet<GraphQLNamedOutputType>,
): readonly Derivation[] {
  const found: Derivation[] = [];
  for (const type of inputs) {
    if (isObjectType(type) || isAbstractType(type)) found.push({ name: `${type.name}Input`, from: type.name });
  }
  for (const type of filtered) {
    if (!isLeafType(type) || !BUILT_IN_SCALAR_NAMES.has(type.name))
      found.push({ name: `${type.name}Filter`, from: type.name });
  }
  for (const { declaration, fields } of plans) {
    if (fields.query === undefined) continue;
    const from = declaration.type.name;
    found.push({ name: `${from}Connection`, from }, { name: `${from}Edge`, from });
  }
  return found;
}

/** Reports types whose names are those of the API or of something derived. */
export function checkTypeNames(
  plans: readonly TopicPlan[],
  inputs: ReadonlySet<GraphQLNamedOutputType>,
  filtered: ReadonlySet<GraphQLNamedOutputType>,
  schema: GraphQLSchema,
  problems: ProblemList,
): void {
  const taken = new Map(API_TYPE_NAMES.map((name) => [name, 'is the name of a type of the derived API']));
  for (const { name, from } of derivations(plans, inputs, filtered)) {
    taken.set(name, `is derived from ${from}`);
  }
  for (const type of Object.values(schema.getTypeMap())) {
    const reason = taken.get(type.name);
    if (reason === undefined || isIntrospectionType(type) || type.astNode?.loc === undefined) continue;
    problems.add(type.astNode.name, `the name "${type.name}" is taken: it ${reason}`, 'Give your type another name.');
  }
}

/** Reports root fields of one name. `Query.topics` is the API's own. */
export function checkFieldNames(plans: readonly TopicPlan[], problems: ProblemList): void {
  const roots = new Map<string, Map<string, string>>([
    ['Subscription', new Map()],
    ['Mutation', new Map()],
    ['Query', new Map([['topics', 'the list of topics']])],
  ]);
  const claim = (root: string, argument: string, field: NamedField | undefined, plan: TopicPlan): void => {
    const taken = roots.get(root);
    if (field === undefined || taken === undefined) return;
    const owner = taken.get(field.name);
    const type = plan.declaration.type.name;
    if (owner !== undefined) reportField(root, argument, field.name, owner, field.node, problems);
    else taken.set(field.name, type);
  };
  for (const plan of plans) {
    const { subscription, mutation, mutationBatch, query } = plan.fields;
    claim('Subscription', 'subscription', subscription, plan);
    claim('Mutation', 'mutation', mutation, plan);
    claim('Mutation', 'mutation', mutationBatch, plan);
    claim('Query', 'query', query, plan);
  }
}

function reportField(
  root: string,
  argument: string,
  name: string,
  owner: string,
  node: ASTNode,
  problems: ProblemList,
): void {
  problems.add(
    node,
    `${root}.${name} is taken: it belongs to ${owner}`,
    `Name the field in the @topic: ${argument}: "${name}2", or null to have none.`,
  );
}
