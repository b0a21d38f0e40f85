// Run by `helm test`, in the image of Sluice: ends with 0 when the gateway at URL answers over HTTP and WebSocket.
const url = process.env.URL;

const fail = (what) => {
  console.error(`${url}: ${what}`);
  process.exit(1);
};
setTimeout(() => fail('no answer within 30 s'), 30_000);

const main = async () => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ topics { name delivery } }' }),
  });
  const { data, errors } = await answer.json();
  if (!Array.isArray(data?.topics)) fail(`no topics, but ${JSON.stringify(errors)}`);
  console.log(`HTTP: ${data.topics.map(({ name, delivery }) => `${name} (${delivery})`).join(', ')}`);

  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
  socket.onclose = (event) => fail(`the WebSocket was closed with ${event.code} ${event.reason}`);
  socket.onmessage = ({ data: text }) => {
    if (JSON.parse(text).type !== 'connection_ack') return;
    console.log('WebSocket: acknowledged');
    process.exit(0);
  };
};

main().catch((error) => fail(error.message));
