import type { Tape } from '../../fanout/projection/tape.ts';

const RECEIPT = ['topic', 'delivery', 'publishedAt', 'partition', 'offset', 'streamId', 'cursor', '__typename'];
const FAILURE = ['code', 'message', 'path', '__typename'];
const INFO = ['name', 'type', 'delivery', 'parameters { field argument type }', 'retention', 'wildcard', '__typename'];

const JOB = ['{ queue: "a", size: 1 }', '{ queue: $id, size: $size }', '$job', '{ queue: "a", size: 2, tags: [$id] }'];
const JOBS = ['$jobs', '[{ queue: "a", size: 1 }, $job]', '[]', '{ queue: $id, size: 3 }'];
const SALE = ['{ order: { total: 1 } }', '{ refund: { reason: $id } }', '$sale', '{ refund: {} }'];

/** The variables that every generated operation declares. */
const DEFINITIONS =
  '$id: ID! = "x" $size: Int = 4 $job: JobInput = {queue:"d",size:0} $jobs: [JobInput!]! $sale: SaleInput! $yes: Boolean! $maybe: Boolean = true';

export function generateVariables(tape: Tape): Record<string, unknown> {
  const variables: Record<string, unknown> = {
    job: { queue: 'q', size: 7, big: 12_345_678_901_234_567_890n },
    jobs: [
      { queue: 'q', size: 1 },
      { queue: 'r', size: 2, tags: ['t'] },
    ],
    sale: tape.pick([{ order: { total: 2.5 } }, { refund: { reason: null } }]),
    yes: tape.chance(50),
  };
  if (tape.chance(50)) variables['id'] = 'given';
  // Null for what a non-null place takes from its default: an error that only a run finds.
  if (tape.chance(25)) variables['job'] = null;
  if (tape.chance(25)) delete variables['job'];
  if (tape.chance(25)) variables['size'] = tape.pick([null, 9]);
  if (tape.chance(25)) variables['maybe'] = tape.pick([null, false]);
  return variables;
}

/** A mutation or query, mostly valid. */
export function generateOperation(tape: Tape): string {
  const fragments: string[] = [];
  const isMutation = !tape.chance(15);
  const roots = Array.from({ length: 1 + tape.below(4) }, (_, index) => {
    const text = isMutation ? mutationField(tape, fragments, index) : queryField(tape, index);
    return inFragment(tape, fragments, isMutation ? 'Mutation' : 'Query', text);
  });
  const used = new Set([...roots, ...fragments].join(' ').match(/\$\w+/g) ?? []);
  const definitions = DEFINITIONS.split(' $')
    .map((text, index) => (index === 0 ? text : `$${text}`))
    .filter((text) => used.has(text.slice(0, text.indexOf(':'))));
  const head = `${isMutation ? 'mutation' : 'query'}${definitions.length > 0 ? ` M(${definitions.join(' ')})` : ''}`;
  return `${head} { ${roots.join(' ')} } ${fragments.join(' ')}`;
}

function mutationField(tape: Tape, fragments: string[], index: number): string {
  const key = `k${index}`;
  switch (tape.below(5)) {
    case 0:
      return `${key}: publishJob(event: ${tape.pick(JOB)})${directive(tape)} ${receiptSet(tape, fragments)}`;
    case 1: {
      // One field twice, to be merged.
      const field = `${key}: publishJob(event: ${tape.pick(JOB)})`;
      return `${field} ${receiptSet(tape, fragments)} ${field} ${receiptSet(tape, fragments)}`;
    }
    case 2:
      return `${key}: publishSale(event: ${tape.pick(SALE)})${directive(tape)} ${receiptSet(tape, fragments)}`;
    case 3: {
      const results = `... on PublishReceipt ${receiptSet(tape, fragments)} ... on PublishFailure ${set(tape, FAILURE)}`;
      return `${key}: publishJobBatch(events: ${tape.pick(JOBS)})${directive(tape)} { __typename ${results} }`;
    }
    default:
      return `${key}: __typename${directive(tape)}`;
  }
}

function queryField(tape: Tape, index: number): string {
  const field = tape.pick([`topics ${set(tape, INFO)}`, '__typename', '__schema { queryType { name } }']);
  return `k${index}: ${field}`;
}

function receiptSet(tape: Tape, fragments: string[]): string {
  const text = set(tape, RECEIPT);
  return `{ ${inFragment(tape, fragments, 'PublishReceipt', text.slice(1, -1))} }`;
}

function set(tape: Tape, names: readonly string[]): string {
  const fields = tape.some(names).map((name, index) => `${tape.chance(20) ? `a${index}_${name.length}: ` : ''}${name}`);
  return `{ ${fields.map((field) => (field.includes('{') ? field : field + directive(tape))).join(' ')} }`;
}

function directive(tape: Tape): string {
  if (!tape.chance(15)) return '';
  return ` @${tape.pick(['skip', 'include'])}(if: ${tape.pick(['true', 'false', '$yes', '$maybe'])})`;
}

function inFragment(tape: Tape, fragments: string[], type: string, text: string): string {
  if (tape.chance(15)) return `... on ${type}${directive(tape)} { ${text} }`;
  if (!tape.chance(15)) return text;
  const name = `F${fragments.length}`;
  fragments.push(`fragment ${name} on ${type} { ${text} }`);
  return `...${name}${directive(tape)}`;
}
