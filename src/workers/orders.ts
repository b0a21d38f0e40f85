import type { News, Order } from './messages.ts';

/** A worker's link to its primary. */
export interface Orders {
  /** What is told before the first call waits. */
  onOrder(listener: (order: Order) => void): void;
  /** Calls back once when the primary is gone. */
  onLost(listener: () => void): void;
  /** News to a primary that is gone are dropped. */
  tell(news: News): void;
}

/** The link of this process; undefined when no primary started it. */
export function ordersOf(process: NodeJS.Process): Orders | undefined {
  if (process.send === undefined) return undefined;
  return {
    onOrder(listener) {
      process.on('message', (message) => listener(message as Order));
    },
    onLost(listener) {
      process.once('disconnect', listener);
    },
    tell(news) {
      // The callback takes the error of a link that has just gone; onLost tells of it.
      if (process.connected) process.send?.(news, undefined, undefined, () => {});
    },
  };
}
