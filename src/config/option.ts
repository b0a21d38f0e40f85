import type { ValueType } from './value-type.ts';

/** One setting: everything that flags, variables, the file, `--help` and docs/configuration.md say of it. */
export interface Option<T> {
  /** `admin-port`; the flag is `--admin-port`. */
  readonly name: string;
  readonly variable: `SLUICE_${string}`;
  /** Where it stands in sluice.yaml; undefined for what the file cannot say of itself. */
  readonly path: readonly string[] | undefined;
  readonly type: ValueType<T>;
  /** Text of the default, read like a flag's; undefined when there is none. */
  readonly fallback: string | undefined;
  /** The default as people read it. */
  readonly fallbackText: string;
  /** One or two sentences. */
  readonly help: string;
  /** Is a changed value taken while the gateway runs (SIGHUP, or a change of the file)? The others need a restart. */
  readonly reload?: true;
  /** Its value is never shown. */
  readonly secret?: true;
}
