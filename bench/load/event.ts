import { NUMBER_DIGITS } from './subscriber.ts';

/** An event's JSON in two pieces, between which its number stands. Both servers get the same bytes. */
export interface EventText {
  readonly head: string;
  readonly tail: string;
}

/** The room of a stream that is counted from 0; all names have one length, so that all messages have. */
export function roomOf(stream: number): string {
  return `room${String(stream).padStart(5, '0')}`;
}

/** An event of 175 bytes. */
export function eventText(stream: number): EventText {
  return {
    head: '{"n":"',
    tail:
      `","room":"${roomOf(stream)}","id":"7f9c24e8-3b12-4fef-91e0-5d6a8c1b2e40","author":"ada.lovelace",` +
      '"text":"The analytical engine weaves algebraic patterns.","at":1764028800000}',
  };
}

export function digitsOf(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, '0');
}

/** All fields of an event, the number first, where the generator looks for it. */
export const ALL_FIELDS = 'n room id author text at';
