const PRODUCE = 0;

/** Does a chunk of bytes that a client sent begin a Produce request? Frame: length int32, then the API key int16 and its version. */
export function isProduceRequest(chunk: Buffer): boolean {
  return chunk.length > 8 && chunk.readInt16BE(4) === PRODUCE && chunk.readInt16BE(6) >= 3;
}
