import type { Tape } from './tape.ts';

/** Every field name stands for one type in all types of a schema, so that any two selections of it can be merged. */
export interface FieldModel {
  readonly name: string;
  readonly base: string;
  /** `T` stands for the base type. */
  readonly wrapper: string;
}

export interface TypeModel {
  readonly name: string;
  readonly kind: 'object' | 'interface' | 'union';
  /** None for a union. */
  readonly fields: readonly FieldModel[];
  /** Names of the object types that a value may have. */
  readonly possible: readonly string[];
}

/** The topic of a schema that the schema room derives an API from. */
export interface TopicModel {
  /** The field of every event that names its instance. */
  readonly parameter: FieldModel;
  /** What the derived argument is called. */
  readonly argument: string;
  readonly wildcard: boolean;
  /** Member of a root value that names its type, and its text for each object type; undefined where `__typename` does. */
  readonly discriminator: { readonly member: string; readonly texts: ReadonlyMap<string, string> } | undefined;
}

export interface SchemaModel {
  readonly types: ReadonlyMap<string, TypeModel>;
  readonly root: FieldModel;
  /** Undefined for a schema as any program could build one. */
  readonly topic: TopicModel | undefined;
}

export const ENUM_VALUES: readonly string[] = ['RED', 'GREEN', 'constructor'];
export const LEAVES: readonly string[] = [
  'String',
  'Int',
  'Float',
  'Boolean',
  'ID',
  'Colour',
  'DateTime',
  'Timestamp',
  'Long',
  'JSON',
  'Cursor',
  'Odd',
];
const NAMES = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'constructor', 'toString', 'valueOf'];
const WRAPPERS = ['T', 'T', 'T', 'T!', 'T!', '[T]', '[T!]', '[T!]!', '[[T]]', '[[T!]!]', '[[T]!]!'];
const ABSTRACTS = [[], ['Either'], ['Either', 'Node'], ['Either', 'Thing'], ['Node', 'Thing', 'Either']];
const OBJECTS = ['Alpha', 'Beta', 'Gamma', 'Delta'];
const PARAMETER_TYPES = ['String', 'ID', 'Int', 'Colour'];

export function generateSchema(tape: Tape): SchemaModel {
  const derived = !tape.chance(35);
  const objects = OBJECTS.slice(0, 1 + tape.below(OBJECTS.length));
  const abstracts = tape.pick(ABSTRACTS);
  const composites = [...objects, ...abstracts];
  const parameter = { name: 'p', base: tape.pick(PARAMETER_TYPES), wrapper: 'T!' };
  const always = derived ? [parameter] : [];
  // What breaks its contract is not for every schema, so that most compile to the last event.
  const leaves = !derived && tape.chance(30) ? [...LEAVES, 'Bad', 'Bad'] : LEAVES;
  const fields = NAMES.map((name, index): FieldModel => {
    const composite = index % 4 === 1 || tape.chance(20);
    return { name, base: tape.pick(composite ? composites : leaves), wrapper: tape.pick(WRAPPERS) };
  });
  const members = new Map<string, readonly string[]>();
  const interfaceFields = new Map<string, readonly FieldModel[]>();
  for (const name of abstracts) {
    members.set(name, tape.some(objects));
    if (name !== 'Either') interfaceFields.set(name, [...always, ...tape.some(fields).slice(0, 3)]);
  }
  const types = new Map<string, TypeModel>();
  for (const name of objects) {
    const inherited = [...interfaceFields].flatMap(([abstract, common]) =>
      members.get(abstract)?.includes(name) === true ? common : [],
    );
    const own = [...new Set([...always, ...inherited, ...tape.some(fields)])];
    types.set(name, { name, kind: 'object', fields: own, possible: [name] });
  }
  for (const [name, possible] of members) {
    const common = interfaceFields.get(name);
    types.set(name, { name, kind: common === undefined ? 'union' : 'interface', fields: common ?? [], possible });
  }
  // Composites are first, so that the simplest root is an object. A derived root is never non-null.
  const root: FieldModel = {
    name: 'event',
    base: tape.pick([...composites, ...abstracts]),
    wrapper: !derived && tape.chance(10) ? 'T!' : 'T',
  };
  const reached = reachable(types, root.base);
  return { types: reached, root, topic: derived ? generateTopic(tape, parameter, reached.get(root.base)) : undefined };
}

function generateTopic(tape: Tape, parameter: FieldModel, root: TypeModel | undefined): TopicModel {
  let discriminator: TopicModel['discriminator'];
  if (root !== undefined && root.kind !== 'object' && tape.chance(60)) {
    const texts = root.possible.map((name) => [name, tape.chance(70) ? `made.${name}` : name] as const);
    discriminator = { member: 'kind', texts: new Map(texts) };
  }
  return { parameter, argument: tape.pick(['p', 'q', 'constructor']), wildcard: tape.chance(40), discriminator };
}

/** The types that an event leads to, and what these implement. */
function reachable(types: ReadonlyMap<string, TypeModel>, root: string): ReadonlyMap<string, TypeModel> {
  const reached = new Set([root]);
  // A set's iteration goes on over what is added meanwhile.
  for (const name of reached) {
    const type = types.get(name);
    for (const next of type?.possible ?? []) reached.add(next);
    for (const { base } of type?.fields ?? []) if (types.has(base)) reached.add(base);
  }
  const found = new Map<string, TypeModel>();
  for (const [name, type] of types) {
    const possible = type.possible.filter((member) => reached.has(member));
    const implemented = type.kind === 'interface' && possible.length > 0;
    if (reached.has(name) || implemented) found.set(name, { ...type, possible });
  }
  return found;
}
