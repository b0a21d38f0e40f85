// The rules of the protocol, each in one sentence. What proves them is in docs/protocol.md, which tools/protocol-table.ts writes.

export interface ProtocolRule {
  /** As `9` in P9. A number is never given to another rule. */
  readonly number: number;
  readonly sentence: string;
  /** True of a rule that no longer holds: no test may name it. */
  readonly withdrawn?: true;
}

export interface ProtocolSection {
  readonly title: string;
  readonly rules: readonly ProtocolRule[];
}

const rules = (sentences: Readonly<Record<number, string>>): readonly ProtocolRule[] =>
  Object.entries(sentences).map(([number, sentence]) => ({ number: Number(number), sentence }));

export const PROTOCOL: readonly ProtocolSection[] = [
  {
    title: 'WebSocket: graphql-transport-ws',
    rules: rules({
      1: 'The handshake agrees on `graphql-transport-ws` wherever it stands among the offered subprotocols.',
      2: 'A client that does not offer it is closed with 4406 before any of its messages is read.',
      3: 'A client that sends no `connection_init` within 3 s is closed with 4408.',
      4: 'A second `connection_init` closes with 4429.',
      5: 'A `subscribe` before the acknowledgement closes with 4401.',
      6: 'The acknowledgement has an object as its payload or none, never null.',
      7: 'Claims in the payload of `connection_init` are not believed.',
      8: '`ping` is answered at any time by a `pong` with the same payload; `pong` is not answered.',
      9: 'An id that is in use closes with 4409, whatever the two operations are and however far the first has come.',
      10: 'An id is free again after `complete` by either side and after `error`.',
      11: 'After `complete` an id can be used at once: the end of the first operation touches nothing of the second.',
      12: 'The same holds while the first one is still being started: its source is closed when it arrives, and nobody sees it.',
      13: 'Bad JSON, a value that is no object, and a type that is unknown, missing or the server’s own close with 4400.',
      14: 'A `subscribe` with members of wrong types closes with 4400; optional members may be null.',
      15: 'Members that the protocol does not know are passed over.',
      16: 'A binary frame closes with 4400, whatever it holds.',
      17: 'A message over the limit closes with 4400, which clients do not repeat.',
      18: 'A message over the transport’s own limit, or not UTF-8, drops the socket; nothing of it runs.',
      19: 'An operation that is refused gets one `error` and nothing else, and the socket lives.',
      20: 'A source that fails midway ends in `error` without `complete`, and the socket lives.',
      21: 'A query or mutation is answered by one `next`, then `complete`.',
      22: 'A query that the client completes before its answer is there gets no answer.',
      23: 'A `complete` for an id that is not in use is passed over.',
      24: 'Nothing follows a `complete` of the client.',
      25: 'A source that ends is told by one `complete`, after the last result.',
      26: 'Subscriptions of one socket end, and fail, each for itself.',
      27: 'When a socket closes, by whatever cause, all its sources are closed too.',
      28: 'An id may be any text of at most 256 bytes.',
      29: 'The reason of a close is cut between characters, at 123 bytes.',
      30: 'A peer that no longer answers is dropped.',
      31: 'Close codes that the stock client does not come back after are sent only where coming back is no use.',
      32: 'After the other codes the stock client comes back by itself.',
      33: 'The server never closes with 1000, after which the stock client comes back at once and for ever.',
      34: '1012 means a drain, 1013 a stuck socket or overload, 4500 a bug.',
      35: 'An operation that is denied is an `error`, and the socket lives.',
      36: 'A slow reader holds back its own subscriptions only; what is kept is read later, what is not is told as a gap.',
    }),
  },
  {
    title: 'Event streams (SSE)',
    rules: [
      ...rules({
        40: 'A client that prefers `text/event-stream`, or accepts it for a subscription, gets an unbuffered stream at once.',
        41: 'Every result is a `next` with one line of JSON; the end is an empty `complete`.',
        42: 'On topics that keep events the id of a result is its cursor.',
        43: '`Last-Event-ID` or `extensions.cursor` resumes; the header wins.',
        44: 'A silence lasts at most 12 s; where events are kept the keep-alive is the current cursor.',
        45: 'What is wrong with the request itself has an HTTP status and a JSON body.',
        46: 'What is wrong with the operation is a result with errors, then `complete`.',
        47: 'How EventSource and graphql-sse take a refusal is known, and no status is sent that makes them storm.',
        48: 'An expired cursor is a result with errors and an empty id, so that no client comes back with it.',
        49: 'When the client is gone its source is closed.',
        50: 'A drain says when to come back, and ends the body without `complete`.',
      }),
      { number: 51, sentence: 'Withdrawn: there is no mode with a single connection.', withdrawn: true },
    ],
  },
  {
    title: 'HTTP',
    rules: rules({
      60: 'The answer has the JSON type that the client prefers, in UTF-8; if it takes neither, 406.',
      61: 'As `application/graphql-response+json` a refused operation is 400 without `data`.',
      62: 'As `application/json` the same is 200 with errors.',
      63: 'An answer with `data` is 200, with errors or without.',
      64: 'A request that is not of the right shape is 400; optional members may be null, unknown ones are passed over.',
      65: 'A POST must be `application/json` by its parsed type, else 415.',
      66: 'GET runs queries only; other methods are 405.',
      67: 'What is too large is refused before it is read; a batch is refused.',
      68: 'A request with cookies that another site’s page could have made is 403, and not run.',
      69: 'A subscription of a client that does not accept event streams is 406.',
      70: 'All 61 audits of graphql-http pass.',
      71: 'Refusals at the request level are 401, 403, 429 and 503; the outcome of a publish is an error of its field.',
    }),
  },
  {
    title: 'Subscriptions',
    rules: rules({
      80: 'A subscription has exactly one root field.',
      81: 'That field is not one of introspection.',
      82: '`@skip` and `@include` have no place at the root of a subscription.',
      83: 'A name is optional, and an alias changes the key and nothing else.',
      84: 'An error in one event rides on its result, and the stream lives.',
      85: 'A null where none may be makes the nearest nullable parent null, in that event only.',
      86: 'Errors of the request come before the first event or not at all.',
      87: 'The end of the response closes the source, and the end of the source ends the response.',
    }),
  },
  {
    title: 'What Sluice adds',
    rules: rules({
      90: 'Every result of a topic that keeps events has `extensions.cursor`, of at most 1 kB, URL-safe.',
      91: '`extensions.cursor` of a request goes on strictly behind that event, and wins over `from`.',
      92: 'A loss on a topic that keeps nothing is told in `extensions.gap` of the next result.',
      93: 'A cursor that cannot be resumed from is CURSOR_EXPIRED with a reason; nothing starts again silently.',
      94: 'PUBLISH_INDETERMINATE: the event may or may not be stored.',
      95: 'PUBLISH_REJECTED and BROKER_UNAVAILABLE: the event is surely not stored.',
      96: 'UNAUTHENTICATED, FORBIDDEN and LIMIT_EXCEEDED say who may not, and what is too much and until when.',
      97: 'A record that cannot be read is EVENT_INVALID in one result, and the stream goes on.',
      98: 'The same request gets the same code on every transport.',
      99: 'A publish is answered after the acknowledgement that its delivery promises.',
      100: 'A client that asks for it is told cursors and gaps in pings; for others nothing changes.',
    }),
  },
];
