import { kafkaAdapter } from '../adapters/kafka.ts';
import { contractSuite } from '../contract.ts';

contractSuite(kafkaAdapter);
