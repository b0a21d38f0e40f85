import { CloseCode } from 'graphql-ws';

/**
 * The codes that the server closes a WebSocket with. 1000 is not among them: a client with live subscriptions would reconnect
 * at once and without limit (P33). A stock client retries 1012, 1013, 4403 and 4408 and gives up on the others (P31, P32).
 */
export type DisconnectCode =
  | CloseCode.BadRequest
  | CloseCode.Unauthorized
  | CloseCode.SubprotocolNotAcceptable
  | CloseCode.ConnectionInitialisationTimeout
  | CloseCode.SubscriberAlreadyExists
  | CloseCode.TooManyInitialisationRequests
  | CloseCode.InternalServerError
  | typeof SERVICE_RESTART
  | typeof TRY_AGAIN_LATER;

/** P34: the gateway drains; another one, or this one soon, takes the client. */
export const SERVICE_RESTART = 1012;
/** P34: the socket is stuck or the gateway is overloaded. */
export const TRY_AGAIN_LATER = 1013;

/** The whole connection is over; its blast radius is one socket. */
export interface Disconnect {
  readonly code: DisconnectCode;
  /** For people; any length, cut by `closeReason` before it is sent. */
  readonly reason: string;
}

/** P2. */
export const SUBPROTOCOL_NOT_ACCEPTABLE: Disconnect = {
  code: CloseCode.SubprotocolNotAcceptable,
  reason: 'Subprotocol not acceptable: offer graphql-transport-ws',
};
/** P3, A20. */
export const INIT_TIMEOUT: Disconnect = {
  code: CloseCode.ConnectionInitialisationTimeout,
  reason: 'Connection initialisation timeout',
};
/** P4. */
export const TOO_MANY_INITS: Disconnect = {
  code: CloseCode.TooManyInitialisationRequests,
  reason: 'Too many initialisation requests',
};
/** P5. */
export const NOT_ACKNOWLEDGED: Disconnect = {
  code: CloseCode.Unauthorized,
  reason: 'Unauthorized: subscribe comes after connection_ack',
};
/** P34: only for bugs. */
export const INTERNAL_ERROR: Disconnect = { code: CloseCode.InternalServerError, reason: 'Internal server error' };
/** P34. */
export const DRAINING: Disconnect = { code: SERVICE_RESTART, reason: 'The server restarts: connect again' };
/** P34: the peer does not read what it subscribed to. */
export const SLOW_CONNECTION: Disconnect = {
  code: TRY_AGAIN_LATER,
  reason: 'The connection reads too slowly: too many bytes wait for it',
};

/** P34: the memory of the process is above its bound, and most of what waits is for this peer. */
export const OVERLOADED: Disconnect = {
  code: TRY_AGAIN_LATER,
  reason: 'The server is short of memory: connect again later',
};

/** P34, A22: it went on although it was told to wait. */
export const FLOODING: Disconnect = {
  code: TRY_AGAIN_LATER,
  reason: 'Too many operations or pings: connect again later',
};

/** P13 to P17, P28. */
export function badRequest(reason: string): Disconnect {
  return { code: CloseCode.BadRequest, reason };
}

/** P9. */
export function subscriberExists(id: string): Disconnect {
  return { code: CloseCode.SubscriberAlreadyExists, reason: `Subscriber for ${id} already exists` };
}

/** What a close frame can carry beside its code (RFC 6455 §5.5). */
const MAX_REASON_BYTES = 123;
const UTF8 = new TextEncoder();

/** The reason as it fits a close frame: at most 123 bytes of UTF-8, cut between characters (P29), control characters blanked (A10). */
export function closeReason(reason: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  const printable = reason.replace(/[\u0000-\u001f\u007f]/g, ' ');
  // `read` counts whole characters only: encodeInto never writes a part of one.
  const { read } = UTF8.encodeInto(printable, new Uint8Array(MAX_REASON_BYTES));
  return printable.slice(0, read);
}
