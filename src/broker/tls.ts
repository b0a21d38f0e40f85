/** What a TLS link is opened with, as PEM texts. */
export interface TlsMaterial {
  /** Undefined: the authorities that Node.js trusts. */
  readonly ca: string | undefined;
  /** Both or neither. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/** The options of `tls.connect`. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Leaves out what is undefined, as drivers tell absent from undefined. */
export function tlsOptions({ ca, certificate, key }: TlsMaterial): TlsOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}
