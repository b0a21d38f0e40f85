import type { KafkaSecurity, NodeAddress } from './config.ts';
import { KafkaLink } from './link.ts';

/**
 * What a link is for. Kafka answers a connection's requests one after the other, so that a long poll or a slow acknowledgement
 * must not stand before something else.
 */
export type LinkPurpose = 'control' | 'publish' | 'fetch-a' | 'fetch-b' | 'history';

/** Milliseconds without an answer after which a link of the purpose is given up. */
const REQUEST_TIMEOUT_MS: Readonly<Record<LinkPurpose, number>> = {
  control: 2_000,
  // The fail-over time for a hung leader; above the 4 s that the broker itself may wait for its replicas.
  publish: 5_000,
  // Above the long poll of one second.
  'fetch-a': 4_000,
  'fetch-b': 4_000,
  // Below the read deadline of 5 s.
  history: 4_000,
};

/** All links of one adapter, opened when they are asked for, one per node and purpose. */
export class Links {
  readonly #clientId: string;
  readonly #security: KafkaSecurity;
  readonly #open = new Map<string, Promise<KafkaLink>>();
  readonly #abort = new AbortController();

  constructor(clientId: string, security: KafkaSecurity) {
    this.#clientId = clientId;
    this.#security = security;
  }

  /** Rejects when no connection can be made; no request was written then. */
  async get(address: NodeAddress, purpose: LinkPurpose): Promise<KafkaLink> {
    const key = `${address.host}:${address.port} ${purpose}`;
    const known = this.#open.get(key);
    if (known !== undefined) {
      const link = await known;
      if (link.isOpen) return link;
      if (this.#open.get(key) === known) this.#open.delete(key);
      return this.get(address, purpose);
    }
    const options = {
      clientId: this.#clientId,
      requestTimeoutMs: REQUEST_TIMEOUT_MS[purpose],
      security: this.#security,
    };
    const opening = KafkaLink.open(address, options, this.#abort.signal);
    this.#open.set(key, opening);
    const forget = (): void => {
      if (this.#open.get(key) === opening) this.#open.delete(key);
    };
    opening.then((link) => link.onClosed(forget), forget);
    return opening;
  }

  /** Closes all links; no new one is made. */
  close(): void {
    this.#abort.abort(new Error('The Kafka adapter is closed.'));
    for (const opening of this.#open.values()) {
      opening.then(
        (link) => link.close(),
        () => {},
      );
    }
    this.#open.clear();
  }
}
