/** Reads the frames of a server, which are not masked and here never fragmented. */
export class ServerFrames {
  readonly #onText: (text: string) => void;
  #rest: Buffer = Buffer.alloc(0);
  /** Of the close frame, once it came; 1005 when it says none. */
  closeCode: number | undefined;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const frame = nextFrame(this.#rest);
      if (frame === undefined) return;
      this.#rest = this.#rest.subarray(frame.end);
      if (frame.opcode === 1) this.#onText(frame.payload.toString());
      if (frame.opcode === 8) this.closeCode ??= frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE(0);
    }
  }
}

function nextFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = bytes.readUInt8(0) & 0x0f;
  let length = bytes.readUInt8(1) & 0x7f;
  let start = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    start = 10;
  }
  const end = start + length;
  return bytes.length < end ? undefined : { opcode, payload: bytes.subarray(start, end), end };
}
