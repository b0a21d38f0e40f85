import { redisStreamsAdapter } from '../adapters/redis-streams.ts';
import { contractSuite } from '../contract.ts';

contractSuite(redisStreamsAdapter);
