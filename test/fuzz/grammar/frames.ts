import type { Random } from '../../support/random.ts';

const TEXT = 1;

/** One WebSocket frame of a client (RFC 6455 §5.2); the parts that are given are as broken as the caller wants them. */
export function frame(
  random: Random,
  payload: Buffer,
  { opcode = TEXT, final = true, masked = true, reserved = 0 }: FrameParts = {},
): Buffer {
  const head = [(final ? 0x80 : 0) | (reserved << 4) | opcode];
  const mask = masked ? 0x80 : 0;
  if (payload.length < 126) head.push(mask | payload.length);
  else if (payload.length < 65_536) head.push(mask | 126, payload.length >> 8, payload.length & 0xff);
  else head.push(mask | 127, 0, 0, 0, 0, ...uint32(payload.length));
  if (!masked) return Buffer.concat([Buffer.from(head), payload]);
  const key = Buffer.from(uint32(random.below(2 ** 32)));
  const body = Buffer.from(payload);
  for (let at = 0; at < body.length; at += 1) body[at] = (body[at] ?? 0) ^ (key[at & 3] ?? 0);
  return Buffer.concat([Buffer.from(head), key, body]);
}

interface FrameParts {
  readonly opcode?: number;
  readonly final?: boolean;
  readonly masked?: boolean;
  readonly reserved?: number;
}

/** Bytes of a message, and whether the connection can say something after them. */
export interface Frames {
  readonly bytes: Buffer;
  /** The server waits for more: nothing that follows is heard. */
  readonly ending: boolean;
}

/** A text message as clients send it: mostly one frame, sometimes fragments with control frames between them. */
export function textMessage(random: Random, text: string): Frames {
  const payload = Buffer.from(text);
  if (!random.chance(0.15) || payload.length < 2) return { bytes: frame(random, payload), ending: false };
  const cuts = [
    0,
    ...Array.from({ length: 1 + random.below(4) }, () => random.below(payload.length)),
    payload.length,
  ].sort((a, b) => a - b);
  const parts: Buffer[] = [];
  for (let index = 1; index < cuts.length; index += 1) {
    const piece = payload.subarray(cuts[index - 1], cuts[index]);
    const [opcode, final] = [index === 1 ? TEXT : 0, index === cuts.length - 1];
    parts.push(frame(random, piece, { opcode, final }));
    if (!final && random.chance(0.4)) parts.push(controlFrame(random));
  }
  return { bytes: Buffer.concat(parts), ending: false };
}

/** A ping or pong with up to 125 bytes of anything. */
export function controlFrame(random: Random): Buffer {
  return frame(random, noise(random, random.below(126)), { opcode: random.pick([9, 10]) });
}

/** Frames that no client should send. */
export function badFrames(random: Random): Frames {
  const some = noise(random, random.below(40));
  switch (random.below(12)) {
    case 0:
      return sound(frame(random, some, { opcode: random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) }));
    case 1:
      return sound(frame(random, some, { masked: false }));
    case 2:
      return sound(frame(random, some, { reserved: 1 + random.below(7) }));
    case 3:
      return sound(frame(random, Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80])));
    case 4:
      return sound(frame(random, some, { opcode: 2 }));
    case 5:
      return sound(frame(random, some, { opcode: 0 }));
    case 6:
      return sound(frame(random, noise(random, 126 + random.below(200)), { opcode: 9 }));
    case 7:
      return sound(frame(random, some, { opcode: 9, final: false }));
    case 8:
      return sound(frame(random, closePayload(random), { opcode: 8 }));
    case 9:
      // A length that nobody has, in 64 bits.
      return {
        bytes: Buffer.from([0x81, 0xff, random.pick([0, 0x7f, 0xff]), 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]),
        ending: true,
      };
    case 10:
      // The rest never comes.
      return { bytes: frame(random, noise(random, 300)).subarray(0, 4 + random.below(200)), ending: true };
    default:
      return sound(Buffer.concat([frame(random, some, { final: false }), frame(random, some, { final: false })]));
  }
}

function sound(bytes: Buffer): Frames {
  return { bytes, ending: false };
}

/** Never with 4500, which the server would say back. */
function closePayload(random: Random): Buffer {
  const code = random.pick([0, 999, 1000, 1001, 1005, 1006, 1015, 2999, 3000, 4400, 5000, 65_535]);
  const reason = random.pick(['', 'bye', '\u0000', 'x'.repeat(123)]);
  if (random.chance(0.2)) return noise(random, random.below(2));
  return Buffer.concat([
    Buffer.from([code >> 8, code & 0xff]),
    random.chance(0.1) ? Buffer.from([0xff]) : Buffer.from(reason),
  ]);
}

export function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

function uint32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
