import { describe } from './sdl-text.ts';
import type { EventType } from './topic-declaration.ts';

/** The name of a type's pages of history. */
export function connectionName(type: EventType): string {
  return `${type.name}Connection`;
}

const ARGUMENTS = `
  "At most so many events, oldest first from the beginning of the page: 100 unless said otherwise, 1,000 at most by default."
  first: Int
  "Only events after this place."
  after: Cursor
  "The newest so many events instead, 1,000 at most by default; they come in the same order."
  last: Int
  "Only events before this place. Not where a topic has several partitions: there is no one order to go back in."
  before: Cursor
  "Only from the first event of each partition on that is not older, by the broker's time; later ones come whatever their time."
  since: DateTime
  "Only up to the first event of each partition that is not older, by the broker's time. So \`until\` one time and \`since\` the same time share no event and miss none."
  until: DateTime
`;

/** SDL of the arguments of a history field after the topic's parameters. */
export function historyArguments(filter: string | undefined): string {
  return filter === undefined ? ARGUMENTS : `${ARGUMENTS}  "Only events that pass."\n  where: ${filter}\n`;
}

/** SDL of the pages of one event type. */
export function connectionTypes(type: EventType): string {
  const { name } = type;
  const order =
    'In the order of the log; where a topic has several partitions, merged by time with the order of each partition kept.';
  return (
    `${describe(`A page of ${name} events (Relay). ${order}`)}type ${name}Connection {\n` +
    `  edges: [${name}Edge!]!\n  pageInfo: PageInfo!\n}\n` +
    `${describe(`One ${name} event of a page, and its place.`)}type ${name}Edge {\n` +
    '  "The place right after the event."\n  cursor: Cursor!\n' +
    `  "Null, with the error EVENT_INVALID, when what is stored cannot be read."\n  node: ${name}\n}\n`
  );
}
