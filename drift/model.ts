/** One property that is not as the program left it. */
export interface Change {
  /** @example "versioningConfiguration.status" */
  readonly path: string;
  /** As recorded in the stack's state; undefined: it was not there. Secrets are masked by the engine. */
  readonly expected: unknown;
  /** As it is in the world now. */
  readonly actual: unknown;
}

export interface DriftedResource {
  readonly urn: string;
  readonly type: string;
  readonly kind: "changed" | "deleted";
  readonly changes: readonly Change[];
}

/** A resource that could not be asked for: not drift, and not clean either. */
export interface UncheckedResource {
  readonly urn: string;
  readonly why: string;
}

export interface DriftReport {
  readonly stack: string;
  /** drift: something drifted, whether or not all could be checked. unchecked: nothing seen, but not all could be checked. */
  readonly verdict: "clean" | "drift" | "unchecked";
  readonly resources: readonly DriftedResource[];
  readonly unchecked: readonly UncheckedResource[];
  /** Messages of the policy pack on the program as it is written; mandatory ones are violations. */
  readonly policies: readonly {
    readonly policy: string;
    readonly level: string;
    readonly urn: string;
    readonly message: string;
  }[];
  readonly seconds: number;
}

/** Exit codes of `npm run drift`. */
export const exitCodes = { clean: 0, unchecked: 1, drift: 7 } as const;
