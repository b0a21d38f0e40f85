import type { History } from '../../src/broker/history.ts';
import type { StreamPosition } from '../../src/routing/position.ts';

/** A history in which every start is at one place, and which is never read: what follows has to come from the tail. */
export function unreadHistory(position: StreamPosition): History {
  const read = async (): Promise<never> => {
    throw new Error('the history was read');
  };
  return {
    locate: async () => ({ type: 'located', position }),
    resume: async () => ({ type: 'valid', position }),
    read,
    readBackwards: read,
  };
}
