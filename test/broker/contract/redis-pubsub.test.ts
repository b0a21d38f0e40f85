import { redisPubSubAdapter } from '../adapters/redis-pubsub.ts';
import { contractSuite } from '../contract.ts';

contractSuite(redisPubSubAdapter);
