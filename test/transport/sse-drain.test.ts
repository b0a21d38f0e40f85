import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { RunningListener } from './running-listener.ts';

const SUBSCRIPTION = '?query=subscription';
const EVENT_STREAM = { accept: 'text/event-stream' };

describe('the end of an event stream at a drain', () => {
  it('P50: the body ends as HTTP wants it: a strict parser reads it to its end', async () => {
    const running = await RunningListener.start();
    const response = await fetch(`${running.url}${SUBSCRIPTION}`, { headers: EVENT_STREAM });
    const text = response.text();
    await eventually(() => running.operations.subscriptions.length === 1);
    await running.stop();
    assert.match(await text, /^:\n\nretry: \d+\n\n$/);
  });

  it('P50: to the byte: nothing stands between the last block and the last chunk', async () => {
    const running = await RunningListener.start();
    const socket = connect(running.listener.port, '127.0.0.1');
    let received = '';
    socket.on('data', (data) => {
      received += data.toString('latin1');
    });
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.write(
      `GET /graphql${SUBSCRIPTION} HTTP/1.1\r\nHost: 127.0.0.1:${running.listener.port}\r\nAccept: text/event-stream\r\n\r\n`,
    );
    await eventually(() => running.operations.subscriptions.length === 1);
    await running.stop();
    await ended;
    assert.match(received, /\r\n\r\n3\r\n:\n\n\r\nd\r\nretry: \d{4}\n\n\r\n0\r\n\r\n$/);
  });
});
