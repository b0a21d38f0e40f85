import type { BrokerEnvironment } from '../environment.ts';
import { type NodeAddress, nodeName } from '../redis/node-address.ts';
import { PublishLane } from '../redis/publish-lane.ts';
import type { LinkOwner, LinkRole, RedisLink } from '../redis/redis-link.ts';
import type { RedisSession } from '../redis/redis-session.ts';
import { StreamReader } from './stream-reader.ts';

const POLL_MS = 200;
const NOBODY: LinkOwner = { ready() {}, lost() {} };

/** The links to one Redis that holds streams: the only one, or a primary of a Cluster. */
export class StreamNode {
  readonly lane: PublishLane;
  readonly reader: StreamReader;
  readonly history: RedisLink;
  readonly #session: RedisSession;
  readonly #links: readonly RedisLink[];

  /** `address`: of a Cluster's primary; undefined: wherever the session leads. */
  constructor(session: RedisSession, address: NodeAddress | undefined, { clock, log }: BrokerEnvironment) {
    const link = (role: LinkRole, owner: LinkOwner): RedisLink =>
      address === undefined ? session.link(role, owner) : session.linkTo(address, role, owner);
    this.#session = session;
    const publishing = link('publish', NOBODY);
    this.lane = new PublishLane({
      link: publishing,
      address: address === undefined ? session.shown : nodeName(address),
      clock,
      deadlineMs: session.publishDeadlineMs,
    });
    const reading = link('read', {
      ready: (connection) => this.reader.connected(connection),
      lost: () => this.reader.disconnected(),
    });
    this.reader = new StreamReader({ clock, log, pollMs: POLL_MS, heard: (now) => reading.heard(now) });
    this.history = link('history', NOBODY);
    this.#links = [publishing, reading, this.history];
  }

  /** Its node is no longer one of the Cluster's primaries: publishes in flight fail in the truth, nothing is read any more. */
  drop(): void {
    this.reader.disconnected();
    for (const link of this.#links) this.#session.drop(link);
  }
}
