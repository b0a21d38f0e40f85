import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AdminListener, listenAdmin } from '../../src/admin/admin-listener.ts';
import { answerLogLevel } from '../../src/admin/log-level.ts';
import type { LogLevel } from '../../src/log/log-threshold.ts';

describe('/log-level', () => {
  let level: LogLevel = 'info';
  let admin: AdminListener;
  let url: string;
  before(async () => {
    const logLevel = {
      get: () => level,
      set: (next: LogLevel) => {
        level = next;
      },
    };
    admin = await listenAdmin({
      host: '127.0.0.1',
      port: 0,
      source: {
        metrics: async () => '',
        ready: () => ({ ready: true }),
        health: () => ({ healthy: true, brokers: {} }),
        debug: () => assert.fail('nobody asks'),
        logLevel,
      },
    });
    url = `http://127.0.0.1:${admin.port}/log-level`;
  });
  after(() => admin.close());

  async function put(body: string, headers: Record<string, string> = {}): Promise<number> {
    const response = await fetch(url, { method: 'PUT', body, headers });
    await response.text();
    return response.status;
  }

  test('tells the level and takes another one', async () => {
    assert.deepEqual(await (await fetch(url)).json(), { level: 'info' });
    assert.equal(await put('debug\n'), 200);
    assert.equal(level, 'debug');
    assert.deepEqual(await (await fetch(url)).json(), { level: 'debug' });
  });

  test('refuses what is no level, other methods, and whatever is too long', async () => {
    level = 'info';
    for (const body of ['', 'loud', 'DEBUG', '"debug"', `debug${' '.repeat(1_000)}`]) {
      assert.equal(await put(body), 400, JSON.stringify(body));
    }
    const posted = await fetch(url, { method: 'POST', body: 'debug' });
    assert.equal(posted.status, 405);
    assert.equal(level, 'info');
  });

  test('refuses pages in browsers, which name their origin', async () => {
    assert.equal(await put('debug', { origin: 'http://127.0.0.1' }), 403);
    assert.equal(level, 'info');
  });

  test('refuses other machines', async () => {
    for (const remoteAddress of ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '1.127.0.0', undefined]) {
      const request = { method: 'PUT', headers: {}, socket: { remoteAddress } };
      const control = { get: () => level, set: () => assert.fail('it was set') };
      // Only these members of a request are read before it is refused.
      const answer = await answerLogLevel(request as unknown as Parameters<typeof answerLogLevel>[0], control);
      assert.equal(answer.status, 403, remoteAddress);
    }
  });
});
