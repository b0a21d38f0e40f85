import { OperationError } from './operation-error.ts';

/** What a broker did not do. */
export type BrokerFailureKind = 'publish unavailable' | 'publish indeterminate' | 'read unavailable';

/** A broker failed an operation. Clients are not told why (A70): a reason may hold addresses and names that are none of their business. */
export class BrokerFailure extends OperationError {
  /** For the log and for development. */
  readonly reason: string;

  constructor(kind: BrokerFailureKind, reason: string) {
    super(kind === 'publish indeterminate' ? 'PUBLISH_INDETERMINATE' : 'BROKER_UNAVAILABLE', told(kind));
    this.reason = reason;
  }
}

function told(kind: BrokerFailureKind): string {
  switch (kind) {
    case 'publish unavailable':
      return 'The broker of this topic is away or refuses. The event was not stored; try again later.';
    case 'publish indeterminate':
      return 'The broker of this topic did not say whether it stored the event. It may be there or not; a second try may store it twice.';
    case 'read unavailable':
      return 'The broker of this topic cannot be read now; try again later.';
    default:
      return kind satisfies never;
  }
}
