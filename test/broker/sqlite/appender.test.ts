import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Appender } from '../../../src/broker/sqlite/appender.ts';
import { type LogFile, openLogFile } from '../../../src/broker/sqlite/log-file.ts';
import type { NewEvent } from '../../../src/broker/sqlite/messages.ts';
import { logTopics } from '../../../src/broker/sqlite/topics.ts';
import type { TopicName } from '../../../src/routing/topic.ts';
import { allTopics, durableTopics, instanceOf } from '../topics.ts';
import { temporaryFolder } from './folder-fixture.ts';

const topic = durableTopics.parameter;

function event(parameter: string, value: string, name: TopicName = topic.name): NewEvent {
  return {
    topic: name,
    instance: instanceOf(topic, parameter),
    key: parameter,
    value,
    timestamp: 1,
    attributes: undefined,
  };
}

async function openLog(context: TestContext): Promise<LogFile> {
  const file = openLogFile(await temporaryFolder(context), logTopics(allTopics(durableTopics)), 1, undefined);
  context.after(() => file.database.close());
  return file;
}

test('F31: a batch that fails in its middle leaves nothing, and the next one is stored whole', async (context) => {
  const appender = new Appender(await openLog(context));
  const result = appender.append([event('new', '1'), event('other', '2', 'nobody' as TopicName), event('new', '3')]);
  assert.equal(result.type, 'refused-append');
  assert.deepEqual(appender.after(0), []);
  // The instance that was made and rolled back is made again.
  const next = appender.append([event('new', '4'), event('new', '5')]);
  assert.ok(next.type === 'appended');
  const stored = appender.after(0);
  assert.deepEqual(
    stored.map(({ instance, key, value, sequence }) => [instance, key, Buffer.from(value).toString(), sequence]),
    [
      ['quakes.new', 'new', '4', next.first],
      ['quakes.new', 'new', '5', next.first + 1],
    ],
  );
  assert.deepEqual(appender.after(next.first).length, 1);
  assert.equal(appender.last(), next.first + 1);
});
