import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { ListenError, PortInUseError } from '../../src/transport/port-in-use.ts';
import { guardPort, type PortGuard } from '../../src/workers/port-guard.ts';
import { freePort } from '../support/free-port.ts';

describe('the guard of a shared port', () => {
  it('A76: of two servers that start at the same moment, one gets the port', async () => {
    const port = await freePort();
    const results = await Promise.allSettled([guardPort('127.0.0.1', port), guardPort('localhost', port)]);
    const guards = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const guard of guards) await guard.close();
    assert.deepEqual([guards.length, failures.length], [1, 1]);
    assert.ok(failures[0] instanceof PortInUseError);
    assert.equal(failures[0].port, port);
  });

  it('A76: a port on which anyone listens is refused, and nothing of the guard remains', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    assert.ok(typeof address === 'object' && address !== null);
    await assert.rejects(guardPort('127.0.0.1', address.port), PortInUseError);
    await new Promise((resolve) => other.close(resolve));
    const guard = await guardPort('127.0.0.1', address.port);
    await guard.close();
  });

  it('port 0 takes a free port, which others can listen on: the workers', async () => {
    const guards: PortGuard[] = [await guardPort('127.0.0.1', 0), await guardPort('127.0.0.1', 0)];
    const ports = guards.map(({ port }) => port);
    assert.ok(ports.every((port) => port > 0));
    const worker = createServer();
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.listen(ports[0], '127.0.0.1', resolve);
    });
    await new Promise((resolve) => worker.close(resolve));
    for (const guard of guards) await guard.close();
  });

  it('close is idempotent, and frees the port for the next server', async () => {
    const guard = await guardPort('127.0.0.1', 0);
    await assert.rejects(guardPort('127.0.0.1', guard.port), PortInUseError);
    const closing = guard.close();
    assert.equal(guard.close(), closing);
    await closing;
    const next = await guardPort('127.0.0.1', guard.port);
    await next.close();
  });

  it('an address that the machine does not have, or a name that does not resolve, is told as that', async () => {
    for (const [host, words] of [
      ['192.0.2.1', /no such address/],
      ['no-such-host.invalid', /does not resolve/],
    ] as const) {
      await assert.rejects(
        guardPort(host, 0),
        (error: unknown) => error instanceof ListenError && words.test(error.message),
      );
      await assert.rejects(
        guardPort(host, 4999),
        (error: unknown) => error instanceof ListenError && words.test(error.message),
      );
    }
  });
});
