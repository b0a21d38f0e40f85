/** What the scenario asks, in every form that a client library wants: clients without a parser of their own are given these texts. */
export const OPERATIONS = {
  topics: 'query Topics { topics { name delivery } }',
  brokenQuery: 'query BrokenQuery { topics { nothing } }',
  publish: 'mutation Publish($event: NoteInput!) { publishNote(event: $event) { topic cursor } }',
  notes: 'subscription Notes { note { id text } }',
  brokenSubscription: 'subscription BrokenSubscription { note { id nothing } }',
} as const;

export type OperationName = keyof typeof OPERATIONS;

export type Variables = Readonly<Record<string, unknown>>;

/** How a query or mutation ended. */
export type Outcome =
  | { readonly type: 'data'; readonly data: unknown }
  /** `text` has all that the library tells of the errors. */
  | { readonly type: 'problem'; readonly text: string };

export interface Listener {
  note(note: { readonly id: string; readonly text: string }): void;
  /** The subscription ended by an error of the server's, as the library tells it. */
  problem(text: string): void;
}

/** A client library as an application uses it. Its subscriptions come back by themselves, or as its users have to write it. */
export interface StockClient {
  execute(operation: OperationName, variables: Variables): Promise<Outcome>;
  /** Gives the function that unsubscribes. */
  subscribe(operation: OperationName, listener: Listener): () => void;
  close(): Promise<void>;
}

/** A result as every transport brings it. */
export interface Result {
  readonly data?: unknown;
  readonly errors?: readonly unknown[] | undefined;
  readonly extensions?: unknown;
}

/** All that a value tells, also what an error does not show to JSON. */
export function textOf(problem: unknown): string {
  return JSON.stringify(problem, (_key, value: unknown) =>
    value instanceof Error ? { ...value, message: value.message, cause: value.cause } : value,
  );
}

/** Gives the note of a result of `notes` to the listener; a result with errors and no note ends it. */
export function deliver(result: Result, listener: Listener): void {
  const note = (result.data as { note?: { id: string; text: string } | null } | null | undefined)?.note;
  if (note !== undefined && note !== null) listener.note({ id: note.id, text: note.text });
  else listener.problem(textOf(result.errors));
}
