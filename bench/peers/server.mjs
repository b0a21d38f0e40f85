// A subscription server of today, as the packages' own documentation builds it: graphql-ws on ws, graphql-redis-subscriptions on ioredis,
// graphql-http on node:http. Run as a process: server.mjs REDIS_PORT; prints the line `ready PORT`.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { createHandler } from 'graphql-http/lib/use/http';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';

const redisOptions = { host: '127.0.0.1', port: Number(process.argv[2]) };
const [publisher, subscriber] = [new Redis(redisOptions), new Redis(redisOptions)];
// A SUBSCRIBE that overtakes ioredis's own ready check is lost with it.
await Promise.all([once(publisher, 'ready'), once(subscriber, 'ready')]);
const pubSub = new RedisPubSub({ publisher, subscriber });

const typeDefs = `
  type Ephemeral { n: String!  room: ID!  id: ID!  author: String!  text: String!  at: Float! }
  input EphemeralInput { n: String!  room: ID!  id: ID!  author: String!  text: String!  at: Float! }
  type Receipt { topic: String! }
  type Query { ready: Boolean! }
  type Mutation { publishEphemeral(event: EphemeralInput!): Receipt }
  type Subscription { ephemeral(room: ID!): Ephemeral }
`;

const schema = makeExecutableSchema({
  typeDefs,
  resolvers: {
    Query: { ready: () => true },
    Mutation: {
      async publishEphemeral(_root, { event }) {
        await pubSub.publish(`ephemeral.${event.room}`, event);
        return { topic: 'ephemeral' };
      },
    },
    Subscription: {
      ephemeral: {
        subscribe: (_root, { room }) => pubSub.asyncIterableIterator(`ephemeral.${room}`),
        resolve: (event) => event,
      },
    },
  },
});

const handle = createHandler({ schema });
const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    response.writeHead(500).end(String(error));
  });
});
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
