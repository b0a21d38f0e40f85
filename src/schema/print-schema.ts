import { printSchema } from 'graphql';
import type { GatewaySchema } from './gateway-schema.ts';

/** The API that clients see, as SDL: the user's types and all that is derived from them. Equal files give equal texts. */
export function printGatewaySchema(gateway: GatewaySchema): string {
  return `${printSchema(gateway.schema)}\n`;
}
