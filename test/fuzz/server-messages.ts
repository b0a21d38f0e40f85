/** What the fuzzed server tells its parent. Sizes in bytes. */
export type ServerMessage =
  | { readonly type: 'ready'; readonly url: string; readonly adminUrl: string }
  | { readonly type: 'problem'; readonly text: string }
  | {
      readonly type: 'memory';
      /** After a full collection. */
      readonly heapUsed: number;
      readonly external: number;
      readonly rss: number;
      /** Open on the brokers. */
      readonly tails: number;
    };

export type Memory = Extract<ServerMessage, { type: 'memory' }>;

/** What the parent asks. */
export type ServerQuestion = { readonly type: 'memory' } | { readonly type: 'stop' };
