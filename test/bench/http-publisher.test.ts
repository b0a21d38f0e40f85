import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { HttpPublisher } from '../../bench/load/http-publisher.ts';
import { eventually } from '../support/eventually.ts';

describe('HttpPublisher', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  let bodies: string[] = [];
  let answer: { readonly status: number; readonly body: string };

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(answer.status, { 'content-length': answer.body.length }).end(answer.body);
      });
    });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  beforeEach(() => {
    bodies = [];
    answer = { status: 200, body: '{"data":{"publishEphemeral":{"topic":"ephemeral"}}}' };
  });

  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  function publisherOf(connections: number): { publisher: HttpPublisher; receipts: number[]; refused: number[] } {
    const { port } = server.address() as AddressInfo;
    const mutation = 'mutation($event: EphemeralInput!) { publishEphemeral(event: $event) { topic } }';
    const publisher = new HttpPublisher({ port, path: '/graphql', connections, streams: 1, mutation });
    const receipts: number[] = [];
    const refused: number[] = [];
    publisher.onAnswer = (number, isReceipt) => (isReceipt ? receipts : refused).push(number);
    return { publisher, receipts, refused };
  }

  it('sends one event a request, with its number, and one request at a time on a connection', async () => {
    const { publisher, receipts } = publisherOf(1);
    assert.equal(publisher.publish(7, 0), true);
    assert.equal(publisher.publish(8, 0), false);
    assert.equal(publisher.unanswered, 1);
    await eventually(() => receipts.length === 1);
    const { variables } = JSON.parse(bodies[0] ?? '') as { variables: { event: { n: string; room: string } } };
    assert.deepEqual([variables.event.n, variables.event.room], ['000000007', 'room00000']);
    assert.deepEqual([receipts, publisher.unanswered, publisher.failures], [[7], 0, 0]);
    publisher.close();
  });

  it('opens a connection again that the server has closed while it was idle', async () => {
    const { publisher, receipts } = publisherOf(1);
    publisher.publish(1, 0);
    await eventually(() => receipts.length === 1);
    for (const socket of sockets) socket.destroy();
    await eventually(() => sockets.size === 0);
    // The end must have come to the publisher, too: what is sent before that is lost with the connection.
    await eventually(() => publisher.connected === 0);
    publisher.publish(2, 0);
    await eventually(() => receipts.length === 2);
    assert.deepEqual([receipts, publisher.failures], [[1, 2], 0]);
    publisher.close();
  });

  it('counts an answer with errors, or another status, as a failure and not as a receipt', async () => {
    const { publisher, receipts, refused } = publisherOf(1);
    answer = { status: 200, body: '{"data":{"publishEphemeral":null},"errors":[{"message":"no"}]}' };
    publisher.publish(1, 0);
    await eventually(() => refused.length === 1);
    answer = { status: 503, body: '{}' };
    publisher.publish(2, 0);
    await eventually(() => refused.length === 2);
    assert.deepEqual([receipts, refused, publisher.failures], [[], [1, 2], 2]);
    publisher.close();
  });
});
