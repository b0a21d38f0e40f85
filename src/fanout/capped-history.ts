import type { History } from '../broker/history.ts';
import type { ReaderSlots } from './reader-slots.ts';

/** The same history, each call in a place among the process's readers: for those who read a page and are done. */
export function cappedHistory(history: History, slots: ReaderSlots): History {
  async function inPlace<T>(read: () => Promise<T>): Promise<T> {
    await slots.place(() => {});
    try {
      return await read();
    } finally {
      slots.release();
    }
  }
  return {
    locate: (...asked) => inPlace(() => history.locate(...asked)),
    resume: (...asked) => inPlace(() => history.resume(...asked)),
    read: (...asked) => inPlace(() => history.read(...asked)),
    readBackwards: (...asked) => inPlace(() => history.readBackwards(...asked)),
  };
}
