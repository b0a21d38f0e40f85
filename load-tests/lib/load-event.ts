/** An event as subscribers get it: see schema.graphql. */
export interface LoadEvent {
  readonly run: string;
  readonly source: string;
  readonly kind: 'CALL' | 'EVENT' | 'END';
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly due: number;
}

/** The same as it is published. */
export interface LoadEventInput extends LoadEvent {
  readonly topic: string;
  readonly text: string;
}

/** What every event of one publisher has in common. */
export interface EventFrame {
  readonly run: string;
  readonly topic: string;
  readonly source: string;
  /** Bytes of its text. */
  readonly bytes: number;
}

const SENTENCE = 'The analytical engine weaves algebraic patterns. ';

export function loadEvent(
  { run, topic, source, bytes }: EventFrame,
  kind: LoadEvent['kind'],
  sequence: number,
  due: number,
): LoadEventInput {
  return { topic, run, source, kind, sequence, due, text: textOf(bytes) };
}

const texts = new Map<number, string>();

function textOf(bytes: number): string {
  const known = texts.get(bytes);
  if (known !== undefined) return known;
  const text = SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length)).slice(0, bytes);
  texts.set(bytes, text);
  return text;
}
