import { sqliteBufferedAdapter, sqliteDurableAdapter } from '../adapters/sqlite.ts';
import { contractSuite } from '../contract.ts';

contractSuite(sqliteBufferedAdapter);
contractSuite(sqliteDurableAdapter);
