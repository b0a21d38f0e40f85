// A server that does nothing but pass events on: it speaks as much graphql-transport-ws as the scenario `fanout` needs, without a schema,
// a broker or an acknowledgement that means anything. What k6 measures against it is what k6 itself costs.

import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'graphql-transport-ws' });

/** Topic, which includes its delivery → those who get its events. */
const subscribers = new Map();

server.on('connection', (socket) => {
  const own = new Map();
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const id of own.keys()) leave(own, id);
  });
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    switch (message.type) {
      case 'connection_init':
        socket.send('{"type":"connection_ack"}');
        break;
      case 'subscribe':
        if (message.payload.query.startsWith('mutation')) publish(socket, message);
        else join(socket, own, message);
        break;
      case 'complete':
        leave(own, message.id);
        break;
      case 'ping':
        socket.send('{"type":"pong"}');
        break;
      default:
    }
  });
});
server.on('listening', () => console.log(`Echo ready on http://127.0.0.1:${server.address().port}/graphql`));

function join(socket, own, { id, payload }) {
  const key = `${deliveryOf(payload.query)} ${payload.variables.topic}`;
  const entry = { socket, head: `{"id":${JSON.stringify(id)},"type":"next","payload":` };
  own.set(id, { key, entry });
  if (!subscribers.has(key)) subscribers.set(key, new Set());
  subscribers.get(key).add(entry);
}

function leave(own, id) {
  const joined = own.get(id);
  if (joined === undefined) return;
  own.delete(id);
  subscribers.get(joined.key)?.delete(joined.entry);
}

function publish(socket, { id, payload: { query, variables } }) {
  const delivery = deliveryOf(query);
  for (const { topic, text: _text, ...event } of variables.events) {
    const payload = `${JSON.stringify({ data: { event } })}}`;
    for (const entry of subscribers.get(`${delivery} ${topic}`) ?? []) entry.socket.send(entry.head + payload);
  }
  const results = variables.events.map(() => ({ __typename: 'PublishReceipt' }));
  socket.send(JSON.stringify({ id, type: 'next', payload: { data: { results } } }));
  socket.send(JSON.stringify({ id, type: 'complete' }));
}

function deliveryOf(query) {
  return /load(Ephemeral|Buffered|Durable)/i.exec(query)?.[1]?.toUpperCase();
}
