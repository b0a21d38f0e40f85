/** The types of the derived API that are the same in every schema (design §8). Values for `TopicInfo` come from the operation room. */
export const API_TYPES: string = `
"""What a topic asks of its broker."""
enum Delivery {
  """At most once, lowest latency; nothing is kept."""
  EPHEMERAL
  """Ordered per topic instance, kept within a bounded window."""
  BUFFERED
  """Acknowledged once enough brokers hold it; ordered per key."""
  DURABLE
}

"""A declared topic."""
type TopicInfo {
  """The name as declared, with its parameters in braces, for example \`quakes.{network}\`."""
  name: String!
  """The type of its events."""
  type: String!
  delivery: Delivery!
  """In the order in which they stand in the name."""
  parameters: [TopicParameter!]!
  """Subscribers may leave all parameters out and receive the events of every instance."""
  wildcard: Boolean!
  """How long events are kept, in milliseconds; null where nothing is kept or the broker decides."""
  retention: Long
  """How many events each instance keeps; null where there is no such bound."""
  maxEvents: Int
  """Partitions that the topic is declared to have; null where the broker decides or there are none."""
  partitions: Int
  """The Subscription field; null when there is none."""
  subscription: String
  """The Mutation field that publishes one event; null when there is none."""
  mutation: String
  """The Mutation field that publishes several events; null when there is none."""
  mutationBatch: String
  """The Query field that reads the events that are kept; null when there is none."""
  history: String
}

"""A parameter of a topic's name."""
type TopicParameter {
  """The field of the event that holds it."""
  field: String!
  """The argument that gives it."""
  argument: String!
  """\`ID\`, \`String\`, \`Int\` or \`ENUM\`."""
  type: String!
}
`;

/** The types of publishing; left out when every topic is read only. */
export const PUBLISH_TYPES: string = `
"""The broker has acknowledged the event in the way that its delivery asks for."""
type PublishReceipt {
  """The name of the topic, as \`topics\` lists it."""
  topic: String!
  delivery: Delivery!
  """
  The place right after the event: a subscription to the same parameters that begins there receives what came after it. Null where
  nothing is kept, and where the topic can have several partitions: a receipt knows the one that took the event, a cursor names all.
  """
  cursor: Cursor
  """When the broker took the event."""
  publishedAt: Timestamp!
  """The partition that holds the event; null where there are none."""
  partition: Int
  """The event's offset in its partition or log; null where there is none."""
  offset: Long
  """The event's entry id in its Redis stream; null where there is none."""
  streamId: String
}

"""One event of a batch that got no receipt. The code tells whether it may be stored nevertheless."""
type PublishFailure {
  """As in \`errors[].extensions.code\`."""
  code: String!
  message: String!
  """Where in the arguments the failure is: names, and list indexes in decimal."""
  path: [String!]
}

"""One result for each event of a batch, in order."""
union PublishResult = PublishReceipt | PublishFailure
`;

/** The starting points of subscriptions; left out when no topic with a subscription is kept. */
export const REPLAY_TYPES: string = `
"""
Where a subscription begins: exactly one of these. Without it, with the next event. A cursor in the request's \`extensions.cursor\`
comes first: a client that reconnects sends the \`extensions.cursor\` of the last result that it received.
"""
input ReplayFrom @oneOf {
  """Strictly after this place: \`extensions.cursor\` of a result, or a cursor of a history page or receipt of the same parameters."""
  cursor: Cursor
  """With the oldest event that is kept. Only true has a meaning."""
  earliest: Boolean
  """With the first event of each partition that is not older, by the broker's time. What follows it comes too, whatever its time."""
  time: DateTime
  """With the newest so many events that pass \`where\`, at most 10,000."""
  last: Int
}
`;

/** What pages of history have in common; left out when no topic has a history field. */
export const HISTORY_TYPES: string = `
"""
Where a page ends, and whether something follows (Relay). A page also ends when so many events have been looked at that waiting for
more would take long: then it is short or even empty, and says that there is a next one.
"""
type PageInfo {
  """Is there something after this page that was not looked at? Only told when paging forwards (\`first\`)."""
  hasNextPage: Boolean!
  """Is there something before this page that was not looked at? Only told when paging backwards (\`last\`)."""
  hasPreviousPage: Boolean!
  """The place to give as \`before\` for the page before this one; null when nothing was looked at."""
  startCursor: Cursor
  """The place up to which events were looked at: to give as \`after\` for the next page, or as \`from: { cursor: … }\` to go on live."""
  endCursor: Cursor
}
`;
