// Something of everything for a gateway to count: subscribers of each delivery, publishes, replays, mistakes, and a link that breaks.

import { runCommand } from '../command.mjs';

const SUBSCRIPTIONS = [
  'subscription { quake { id magnitude place } }',
  'subscription { departure(where: { origin: { eq: "ATL" } }) { id origin destination } }',
  'subscription { departure { id } }',
  'subscription { chatMessage(room: "seismology") { id text } }',
];
const REPLAY = 'subscription { quake(from: { earliest: true }) { id } }';
const SOCKETS = 60;
const BATCH = 20;
const PAUSE_MS = 100;

/**
 * Starts the load; `stop` ends it.
 * @param {{url: string, redisUrl: string, redisCli: string}} target
 */
export async function startLoad({ url, redisUrl, redisCli }) {
  const sockets = new Set();
  let stopped = false;
  const open = (queries) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
      sockets.add(socket);
      socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
      socket.onerror = () => reject(new Error(`no WebSocket to ${url}`));
      socket.onmessage = ({ data }) => {
        const { type } = JSON.parse(data);
        if (type === 'ping') socket.send('{"type":"pong"}');
        if (type !== 'connection_ack') return;
        queries.forEach((query, index) => {
          socket.send(JSON.stringify({ id: String(index), type: 'subscribe', payload: { query } }));
        });
        resolve(socket);
      };
    });
  await Promise.all(Array.from({ length: SOCKETS }, () => open(SUBSCRIPTIONS)));

  const publish = async (type, events) => {
    const query = `mutation ($events: [${type}Input!]!) { publish${type}Batch(events: $events) { __typename } }`;
    await post(url, { query, variables: { events } });
  };
  let round = 0;
  const rounds = (async () => {
    while (!stopped) {
      round += 1;
      await Promise.all([
        publish('Quake', many(round, quake)),
        publish('Departure', many(round, departure)),
        publish('ChatMessage', many(round, message)),
      ]);
      if (round % 20 === 0) {
        const replay = await open([REPLAY]);
        setTimeout(() => replay.close(), 2_000);
      }
      // One query that is too deep, one record that is no event, and once a link to Redis that breaks.
      if (round % 10 === 0)
        await post(url, { query: `{ __schema ${'{ types { fields { type '.repeat(8)}{ name }${' } } }'.repeat(8)} }` });
      if (round % 15 === 0) await runCommand(redisCli, ['-u', redisUrl, 'publish', 'chat.seismology', 'not an event']);
      if (round === 100) await runCommand(redisCli, ['-u', redisUrl, 'client', 'kill', 'type', 'pubsub']);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (1 + 0.5 * Math.sin(round / 15))));
    }
  })();
  // Told by stop(), not as an unhandled rejection before it.
  rounds.catch(() => undefined);
  return async () => {
    stopped = true;
    await rounds;
    for (const socket of sockets) socket.close();
  };
}

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
}

const many = (round, make) => Array.from({ length: BATCH }, (_, index) => make(`${round}-${index}`, index));

const quake = (id, index) => ({
  id,
  network: ['us', 'ci', 'ak'][index % 3],
  magnitude: index / 4,
  time: 1_517_363_399_650,
  updated: 1_517_363_399_650,
  status: 'reviewed',
  tsunami: false,
  significance: index,
});

const departure = (id, index) => ({
  id,
  origin: ['ATL', 'JFK'][index % 2],
  destination: 'LAX',
  departure: '2001-01-01T00:47:00Z',
  delayMinutes: index,
  distanceMiles: 100,
});

const message = (id) => ({ id, room: 'seismology', author: 'ada', text: 'hello', sentAt: '2026-01-01T12:00:00Z' });
