/** What the topics' own settings allow, as far as they have been read. */
export class TopicLimits {
  readonly #maxMessageBytes = new Map<string, number>();

  /** Kafka's max.message.bytes of the topic, compressed batch included; undefined while it is not known. */
  maxMessageBytes(topic: string): number | undefined {
    return this.#maxMessageBytes.get(topic);
  }

  learn(topic: string, maxMessageBytes: number): void {
    this.#maxMessageBytes.set(topic, maxMessageBytes);
  }
}
