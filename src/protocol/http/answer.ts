import type { EventStream } from '../sse/event-stream.ts';
import type { EventStreamSocket } from '../sse/event-stream-socket.ts';
import type { HttpResponse, ResponseHeaders } from './http-message.ts';

/** What a request is answered with. */
export type Answer =
  | { readonly type: 'response'; readonly response: HttpResponse }
  /** A response of status 200 whose body goes on: write its head, then start it at once. */
  | {
      readonly type: 'stream';
      readonly headers: ResponseHeaders;
      /** Call once; or `discard` when the client is gone by now: then nothing runs. */
      start(socket: EventStreamSocket): EventStream;
      /** To be called in place of `start`. */
      discard(): void;
    };

/** A request that has passed by its head. */
export interface PendingRequest {
  /** `body` is the whole body of a POST; nothing is read of that of a GET. Call once; never rejects. */
  answer(body: Buffer): Promise<Answer>;
}

/** One of `answer`, `tooLarge` and `tooSlow` ends it. */
export interface PendingBody extends PendingRequest {
  /** P67: the response when the body turns out to be over the limit while it arrives. */
  tooLarge(): HttpResponse;
  /** A35: the response when the body does not arrive in time. */
  tooSlow(): HttpResponse;
}

/** What to do with a request whose head has arrived. */
export type HeadDecision =
  /** Drop the connection without a word: where the request ends is in doubt, and what follows it may be forged (A12). */
  | { readonly type: 'drop' }
  | { readonly type: 'respond'; readonly response: HttpResponse }
  /** Answer it now. */
  | { readonly type: 'answer'; readonly request: PendingRequest }
  /** Read the body, at most `maxBodyBytes`, then answer. */
  | { readonly type: 'read'; readonly request: PendingBody };
