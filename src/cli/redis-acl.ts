import type { RedisConfig } from '../config/config.ts';
import { instancePattern } from '../routing/instance.ts';
import type { Topic } from '../routing/topic.ts';

const LINKS = ['auth', 'hello', 'ping', 'info', 'client|setname', 'select'];
const PUBSUB = ['publish', 'subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe'];
/** What is called by itself, and what the scripts call. */
const STREAMS = [
  ...['eval', 'evalsha', 'xread', 'subscribe', 'unsubscribe', 'publish'],
  ...[
    'exists',
    'xinfo|stream',
    'hmget',
    'hset',
    'pttl',
    'pexpire',
    'pexpiretime',
    'xadd',
    'xrange',
    'xrevrange',
    'xtrim',
  ],
];

/**
 * The words of `ACL SETUSER` behind the user's name that give the gateway what its topics need, and nothing else. Redis lets a user
 * subscribe to a pattern only when the user has that very pattern, so each topic has its own.
 */
export function redisAclRules(topics: readonly Topic[], redis: RedisConfig): readonly string[] {
  const prefix = redis.prefix ?? '';
  const commands = new Set(LINKS);
  if ('cluster' in redis) commands.add('cluster|slots');
  if ('sentinels' in redis) commands.add('role');
  const keys: string[] = [];
  const channels: string[] = [];
  for (const topic of topics) {
    const pattern = prefix + instancePattern(topic);
    switch (topic.policy.delivery) {
      case 'EPHEMERAL':
        for (const command of PUBSUB) commands.add(command);
        channels.push(`&${pattern}`);
        break;
      case 'BUFFERED':
        for (const command of STREAMS) commands.add(command);
        keys.push(`~${pattern}`, `~${prefix}sluice:{${pattern}}`);
        channels.push(`&${prefix}sluice:{${pattern}}`);
        break;
      case 'DURABLE':
        break;
      default:
        throw topic.policy satisfies never;
    }
  }
  return [
    'resetkeys',
    'resetchannels',
    ...keys,
    ...channels,
    '-@all',
    ...[...commands].map((command) => `+${command}`),
  ];
}
