import { Random } from '../support/random.ts';
import { type GraphqlRequest, graphqlRequest } from './grammar/documents.ts';
import { badFrames, controlFrame, type Frames, frame, noise, textMessage } from './grammar/frames.ts';
import { mutateText } from './grammar/mutate.ts';
import { socketMessage } from './grammar/socket-messages.ts';
import { RawSocket } from './raw-socket.ts';
import { ServerFrames } from './server-frames.ts';
import type { Tally } from './tally.ts';

/** The server answers or closes within this time, however busy the machine is. */
export const ANSWER_DEADLINE_MS = 30_000;

const HANDSHAKE = [
  'GET /graphql HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
];

/** One WebSocket connection, from its handshake to whichever end it comes to. */
export async function websocketSession(port: number, seed: number, name: string, tally: Tally): Promise<void> {
  const random = new Random(seed);
  const socket = await RawSocket.open(port);
  try {
    if (await handshake(socket, random, name, tally)) await new WebsocketSession(socket, random, name, tally).run();
  } finally {
    socket.destroy();
  }
}

/** Shakes hands, sometimes clumsily; true when the connection is a WebSocket. */
async function handshake(socket: RawSocket, random: Random, name: string, tally: Tally): Promise<boolean> {
  let text = `${HANDSHAKE.join('\r\n')}\r\n\r\n`;
  const clumsy = random.chance(0.1);
  if (clumsy) text = mutateText(random, random.chance(0.3) ? text.replace(/Sec-WebSocket-Protocol.*\r\n/, '') : text);
  tally.sent(clumsy ? 'clumsy WebSocket handshake' : 'WebSocket handshake');
  let answer = '';
  socket.onData = (chunk) => {
    answer += chunk.toString('latin1');
  };
  socket.write(Buffer.from(text, 'latin1'));
  // What lost its end is waited for by both sides.
  if (clumsy) socket.end();
  const end = await socket.waitFor(() => answer.includes('\r\n\r\n'), ANSWER_DEADLINE_MS);
  if (end === 'late') tally.problem(`${name}: no answer to the handshake ${JSON.stringify(text)}`);
  tally.judge(name, answer);
  return !clumsy && end === 'held' && answer.startsWith('HTTP/1.1 101');
}

class WebsocketSession {
  readonly #socket: RawSocket;
  readonly #random: Random;
  readonly #name: string;
  readonly #tally: Tally;
  readonly #pool: readonly GraphqlRequest[];
  readonly #frames: ServerFrames;
  /** The last marker that came back. */
  #marker = 0;

  constructor(socket: RawSocket, random: Random, name: string, tally: Tally) {
    this.#socket = socket;
    this.#random = random;
    this.#name = name;
    this.#tally = tally;
    this.#pool = Array.from({ length: 6 }, () => graphqlRequest(random));
    this.#frames = new ServerFrames((text) => this.#read(text));
    socket.onData = (chunk) => this.#frames.push(chunk);
  }

  async run(): Promise<void> {
    if (!this.#random.chance(0.04)) this.#send('connection_init', textMessage(this.#random, this.#init()));
    const bursts = 1 + this.#random.below(12);
    for (let burst = 1; burst <= bursts; burst += 1) {
      if (!(await this.#burst(burst))) break;
    }
    const code = this.#frames.closeCode;
    if (code !== undefined) this.#tally.count(`closed: ${code}`);
    if (code === 4500) this.#tally.problem(`${this.#name}: closed with 4500`);
    this.#leave();
  }

  #init(): string {
    return this.#random.pick([
      '{"type":"connection_init"}',
      '{"type":"connection_init","payload":{}}',
      '{"type":"connection_init","payload":{"sluice":{"progress":true}}}',
      '{"type":"connection_init","payload":{"__proto__":{"sluice":1},"token":"x"}}',
    ]);
  }

  /** Sends some messages at once and waits for the answer to a last one; false when the connection is over. */
  async #burst(number: number): Promise<boolean> {
    const random = this.#random;
    for (let left = 4 + random.below(40); left > 0; left -= 1) {
      const choice = random.below(1000);
      if (choice < 940) this.#send('protocol message', textMessage(random, socketMessage(random, this.#pool)));
      else if (choice < 990) this.#send('control frame', { bytes: controlFrame(random), ending: false });
      else {
        const bad = badFrames(random);
        this.#send('bad frame', bad);
        if (bad.ending) return this.#finish();
      }
    }
    this.#socket.write(frame(random, Buffer.from(`{"type":"ping","payload":{"marker":${number}}}`)));
    const end = await this.#socket.waitFor(
      () => this.#marker === number || this.#frames.closeCode !== undefined,
      ANSWER_DEADLINE_MS,
    );
    if (end === 'late') this.#tally.problem(`${this.#name}: no answer to burst ${number}`);
    return end === 'held' && this.#frames.closeCode === undefined;
  }

  /** The server closes when the client does, also in the middle of a frame. */
  async #finish(): Promise<false> {
    this.#socket.end();
    const end = await this.#socket.waitFor(() => false, ANSWER_DEADLINE_MS);
    if (end === 'late') this.#tally.problem(`${this.#name}: the server did not close after the client did`);
    return false;
  }

  #leave(): void {
    if (this.#random.chance(0.4)) this.#socket.write(frame(this.#random, Buffer.from([3, 232]), { opcode: 8 }));
    else if (this.#random.chance(0.1)) this.#socket.write(noise(this.#random, 30));
    if (this.#random.chance(0.5)) this.#socket.end();
  }

  #send(kind: string, { bytes }: Frames): void {
    this.#tally.sent(kind);
    if (!this.#random.chance(0.05)) {
      this.#socket.write(bytes);
      return;
    }
    // In two packets, as a network may do.
    const at = this.#random.below(bytes.length);
    this.#socket.write(bytes.subarray(0, at));
    this.#socket.write(bytes.subarray(at));
  }

  #read(text: string): void {
    this.#tally.judge(this.#name, text);
    const marker = /^\{"type":"pong","payload":\{"marker":(\d+)\}\}$/.exec(text);
    if (marker !== null) this.#marker = Number(marker[1]);
    else this.#tally.count(`answer: ${/"type":"(\w+)"/.exec(text)?.[1] ?? 'other'}`);
  }
}
