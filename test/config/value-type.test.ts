import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressListType,
  choiceType,
  hostType,
  pathType,
  portType,
  redisUrlType,
  switchType,
  type ValueType,
  workerCountType,
} from '../../src/config/value-type.ts';

function accepts<T>(type: ValueType<T>, cases: readonly (readonly [text: string, value: T])[]): void {
  for (const [text, value] of cases) assert.deepEqual(type.parse(text, '/here'), { type: 'value', value }, text);
}

function refuses<T>(type: ValueType<T>, texts: readonly string[]): void {
  for (const text of texts) {
    const parsed = type.parse(text, '/here');
    assert.equal(parsed.type, 'invalid', JSON.stringify(text));
    assert.match(parsed.type === 'invalid' ? parsed.fix : '', /^Write .*\.$/, text);
  }
}

test('a port is a whole number from 0 to 65535', () => {
  accepts(portType, [
    ['0', 0],
    ['4000', 4000],
    ['65535', 65535],
  ]);
  refuses(portType, ['65536', '-1', '4000.5', '1e3', '0x10', 'http', '', ' 4000', '٤٠٠٠']);
});

test('workers are a whole number from 1 to 256, or auto', () => {
  accepts(workerCountType, [
    ['1', 1],
    ['16', 16],
    ['256', 256],
    ['auto', 'auto'],
  ]);
  refuses(workerCountType, ['0', '-1', '1.5', '257', '1000', '1e2', 'Auto', 'all', '', ' 2']);
});

test('a host is a name or an address, IPv6 with or without brackets', () => {
  accepts(hostType, [
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['::', '::'],
    ['localhost', 'localhost'],
    ['kafka-1.internal', 'kafka-1.internal'],
  ]);
  refuses(hostType, [
    '256.0.0.1',
    '127.1',
    'host:4000',
    '[::1]:4000',
    '[localhost]',
    'a b',
    'http://host',
    '-host',
    '',
    '::1::',
  ]);
});

test('a switch is true or false', () => {
  accepts(switchType, [
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ]);
  refuses(switchType, ['yes', 'on', '', 'TRUE ']);
});

test('auth is one of its words', () => {
  accepts(choiceType(['none']), [['none', 'none']]);
  refuses(choiceType(['none']), ['None', 'jwt', '', 'false']);
});

test('a path becomes absolute from the folder it was written in', () => {
  accepts(pathType('FILE'), [
    ['a/b.graphql', '/here/a/b.graphql'],
    ['/c', '/c'],
    ['../d', '/d'],
  ]);
  refuses(pathType('FILE'), ['a\0b', '']);
});

test('a Redis URL is redis:// or rediss:// with a host, and nothing that would be ignored', () => {
  for (const text of [
    'redis://localhost',
    'rediss://user:secret@redis.example.org:6380/2',
    'redis://:secret@10.0.0.1',
    'redis://[::1]:6379',
    'redis://host/',
  ]) {
    accepts(redisUrlType, [[text, text]]);
  }
  refuses(redisUrlType, [
    'localhost:6379',
    'http://host',
    'redis://',
    'redis:///0',
    'redis://host/zero',
    'redis://host/0/1',
    'redis://host?family=6',
    'redis://host#1',
    'redis://host:99999',
    '',
  ]);
});

test('a broker list is host:port with commas between, IPv6 in brackets', () => {
  accepts(addressListType, [
    ['a:9092', ['a:9092']],
    ['a:9092, b.c:9093', ['a:9092', 'b.c:9093']],
    ['[::1]:9092,10.0.0.1:1', ['[::1]:9092', '10.0.0.1:1']],
  ]);
  refuses(addressListType, [
    'a',
    'a:',
    'a:0',
    'a:70000',
    ':9092',
    'a:9092,',
    'a:9092,,b:9092',
    '::1:9092',
    '[a]:9092',
    'u:p@a:9092',
    '',
  ]);
});
