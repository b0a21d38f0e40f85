/** k6's own; its types do not declare it. */
interface Console {
  log(text: string): void;
  error(text: string): void;
}

declare const console: Console;

/** One line for the person who reads the run, or for the report (latency-series.ts). */
export function say(text: string): void {
  console.log(text);
}

/** One line about something that went wrong. */
export function complain(text: string): void {
  console.error(text);
}
