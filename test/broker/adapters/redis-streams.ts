import { createRedisStreamsBroker } from '../../../src/broker/redis-streams/broker.ts';
import type { AdapterUnderTest, StoredRecord } from '../adapter-under-test.ts';
import { bufferedTopics } from '../topics.ts';
import { startRedisUnderTest } from './redis-server-under-test.ts';

export const redisStreamsAdapter: AdapterUnderTest = {
  name: 'redis-streams',
  delivery: 'BUFFERED',
  topics: bufferedTopics,
  publishDeadlineMs: 5_000,
  start: () =>
    startRedisUnderTest({
      factory: 'createRedisStreamsBroker',
      module: new URL('../../../src/broker/redis-streams/broker.ts', import.meta.url).href,
      create: createRedisStreamsBroker,
      topics: bufferedTopics,
      // Every acknowledged write is on the disk, so the rows may insist on J1 through a kill (F2).
      args: ['--appendonly', 'yes', '--appendfsync', 'always'],
      keepsAcknowledged: true,
      // The field of the entry: the script's own text is not sent every time.
      publishWord: '$4\r\ndata\r\n',
      foreignCommand: (instance) => ['XADD', instance, '*', 'data'],
      readBack: (cli) => ({
        can: true,
        async records(_topic, instance) {
          return entriesOf(await cli('--json', 'XRANGE', instance, '-', '+'));
        },
      }),
      attributes: { can: true },
      losses: (cli) => ({
        async trim(_topic, instance, keep) {
          await cli('XTRIM', instance, 'MAXLEN', '=', String(keep));
        },
        async recreate(_topic, instance, values) {
          // In one step: under a broker nobody may look in between.
          const script = `redis.call('DEL', KEYS[1], KEYS[2])
            for _, value in ipairs(ARGV) do redis.call('XADD', KEYS[1], '*', 'data', value) end`;
          await cli('EVAL', script, '2', instance, `sluice:{${instance}}`, ...values);
        },
      }),
    }),
};

/** What `redis-cli --json XRANGE` prints. */
function entriesOf(json: string): readonly StoredRecord[] {
  const entries = JSON.parse(json) as [id: string, fields: string[]][];
  return entries.map(([, fields]) => {
    let value: Buffer | null = null;
    const attributes = new Map<string, string>();
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [name, text] = [fields[at] ?? '', fields[at + 1] ?? ''];
      if (name === 'data') value = Buffer.from(text);
      else attributes.set(name, text);
    }
    return { key: undefined, value, attributes };
  });
}
