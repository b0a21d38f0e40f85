import { OPTIONS } from '../config/options.ts';

/** Where a gateway with the default settings listens. */
export const DEFAULT_URL: string = `http://${OPTIONS.host.fallbackText}:${OPTIONS.port.fallbackText}/graphql`;
