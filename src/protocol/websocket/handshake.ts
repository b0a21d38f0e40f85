import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';

/**
 * P1, P2: the subprotocol to answer an offer with (`Sec-WebSocket-Protocol`), wherever it stands in it. Undefined: upgrade without
 * one, and the connection closes with 4406.
 */
export function chooseSubprotocol(offer: string): string | undefined {
  return offer.split(',').some((name) => name.trim() === GRAPHQL_TRANSPORT_WS_PROTOCOL)
    ? GRAPHQL_TRANSPORT_WS_PROTOCOL
    : undefined;
}
