import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { eventually } from '../support/eventually.ts';

/** An event stream read as text, as it arrives; can stop reading. */
export class StreamClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  #text = '';
  /** How the body ended. */
  ending: 'end' | 'cut' | undefined;

  private constructor(sent: ClientRequest, response: IncomingMessage) {
    this.#request = sent;
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.#text += chunk;
    });
    response.on('end', () => {
      this.ending ??= 'end';
    });
    response.on('error', () => {
      this.ending ??= 'cut';
    });
  }

  /** Resolves when the head of the response is there. */
  static async open(
    url: string,
    { query = 'subscription', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
  ): Promise<StreamClient> {
    const sent = request(url, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve);
      sent.on('error', reject);
      sent.setTimeout(60_000, () => sent.destroy(new Error('no head of a response within 60 s')));
      sent.end(JSON.stringify({ query }));
    });
    sent.setTimeout(0);
    sent.on('error', () => undefined);
    return new StreamClient(sent, response);
  }

  /** Everything that came since the last `take`. */
  get text(): string {
    return this.#text;
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Waits until the text holds this. */
  async receive(part: string | RegExp): Promise<string> {
    await eventually(() => (typeof part === 'string' ? this.#text.includes(part) : part.test(this.#text)), {
      what: `${String(part)} in the stream`,
      deadlineMs: 60_000,
    });
    return this.#text;
  }

  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  /** Goes away without a word. */
  terminate(): void {
    this.#request.destroy();
  }
}
