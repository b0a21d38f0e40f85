// A gateway's log in a process of its own, to be killed: argument 1 is the folder, 2 the pace. Prints `ready`, then a line
// for every acknowledgement. Pace `flood` keeps 50 publishes on their way, `steps` one; without a pace it only holds the folder.
import { createSqliteBroker } from '../../../src/broker/sqlite/broker.ts';
import { testEnvironment } from '../environment.ts';
import { durableTopics, instanceOf, keyOf } from '../topics.ts';

const [, , folder = '', pace = 'hold', count = '1000000'] = process.argv;
const topic = durableTopics.parameter;
const instance = instanceOf(topic, 'killed');
const broker = createSqliteBroker({ folder }, testEnvironment(durableTopics));
await broker.open();
process.stdout.write('ready\n');

let next = 0;
async function publishOne(): Promise<void> {
  const n = next++;
  const value = JSON.stringify({ n, filler: 'x'.repeat(300) });
  const { type } = await broker.publish({ topic, instance, key: keyOf(topic, instance), value, attributes: new Map() });
  process.stdout.write(`${type} ${n}\n`);
}

async function lane(): Promise<void> {
  while (next < Number(count)) await publishOne();
}

if (pace === 'hold') setInterval(() => {}, 60_000);
else await Promise.all(Array.from({ length: pace === 'flood' ? 50 : 1 }, lane));
if (pace !== 'hold') await broker.close();
