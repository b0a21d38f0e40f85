import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { AddressSource } from '../protocol/http/client-address.ts';

/** Where a request comes from. Valid only while uWebSockets.js calls the handler. */
export function addressSource(response: HttpResponse, request: HttpRequest): AddressSource {
  return {
    peer: () => Buffer.from(response.getRemoteAddressAsText()).toString('latin1'),
    forwardedFor() {
      const values: string[] = [];
      // `getHeader` would give the first one only, which the client may have written (A9).
      request.forEach((name, value) => {
        if (name === 'x-forwarded-for') values.push(value);
      });
      return values;
    },
  };
}
