/** What a server sends, as the reader finds it. Bytes are valid during the call only. */
export interface FrameSink {
  /** A whole text message: its UTF-8 bytes are `bytes[start]` to before `bytes[end]`. */
  text(bytes: Buffer, start: number, end: number): void;
  /** Any other frame. `opcode` is 8 for close, 9 for ping, 10 for pong. */
  control(opcode: number, payload: Buffer): void;
}

/** FIN and the opcode of a text message. */
const WHOLE_TEXT = 0x81;
const CLOSE = 8;
const LONGEST_HEAD = 10;

/**
 * Cuts the bytes that a server sends on one connection into WebSocket frames (RFC 6455, section 5.2), where they lie and without
 * an allocation per frame. Only the piece of a frame that a read has cut off is copied. Fragmented and binary messages are errors: no
 * server that is measured sends them.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  #cut: Buffer = Buffer.alloc(0);
  #cutLength = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Takes `bytes[from]` to before `bytes[length]`. */
  read(bytes: Buffer, from: number, length: number): void {
    let at = this.#cutLength === 0 ? from : this.#completeCut(bytes, from, length);
    for (;;) {
      const end = frameEnd(bytes, at, length);
      if (end > length) break;
      this.#frame(bytes, at, end);
      at = end;
    }
    if (at < length) this.#keep(bytes, at, length);
  }

  #frame(bytes: Buffer, at: number, end: number): void {
    const payload = at + headLength(bytes, at);
    const first = bytes[at] as number;
    if (first === WHOLE_TEXT) this.#sink.text(bytes, payload, end);
    else if ((first & 15) >= CLOSE) this.#sink.control(first & 15, bytes.subarray(payload, end));
    else throw new Error(`a frame begins with 0x${first.toString(16)}: only whole text messages are expected`);
  }

  /** Adds to the cut-off frame until it is whole; returns where the next one begins. */
  #completeCut(bytes: Buffer, from: number, length: number): number {
    let at = from;
    for (;;) {
      const end = frameEnd(this.#cut, 0, this.#cutLength);
      if (end === this.#cutLength) {
        this.#cutLength = 0;
        this.#frame(this.#cut, 0, end);
        return at;
      }
      if (at === length) return at;
      const take = Math.min(end - this.#cutLength, length - at);
      this.#keep(bytes, at, at + take);
      at += take;
    }
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const total = this.#cutLength + end - start;
    if (total > this.#cut.length) {
      const larger = Buffer.allocUnsafe(Math.max(512, total * 2));
      this.#cut.copy(larger, 0, 0, this.#cutLength);
      this.#cut = larger;
    }
    bytes.copy(this.#cut, this.#cutLength, start, end);
    this.#cutLength = total;
  }
}

/** Where the frame at `at` ends; beyond `length` when it is not whole, by as much as is surely missing. */
function frameEnd(bytes: Buffer, at: number, length: number): number {
  if (length - at < 2) return at + 2;
  const short = (bytes[at + 1] as number) & 127;
  if (short < 126) return at + 2 + short;
  if (short === 126) return length - at < 4 ? at + 4 : at + 4 + bytes.readUInt16BE(at + 2);
  return length - at < LONGEST_HEAD ? at + LONGEST_HEAD : at + LONGEST_HEAD + bytes.readUInt32BE(at + 6);
}

function headLength(bytes: Buffer, at: number): number {
  const short = (bytes[at + 1] as number) & 127;
  return short < 126 ? 2 : short === 126 ? 4 : LONGEST_HEAD;
}
