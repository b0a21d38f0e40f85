import { memoryAdapter } from '../adapters/memory.ts';
import { contractSuite } from '../contract.ts';

contractSuite(memoryAdapter);
