/** How a registry wants a token to be asked for: its WWW-Authenticate header. */
export interface BearerChallenge {
  readonly scheme: "bearer";
  /** Where tokens are given. */
  readonly realm: string;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

export type Challenge = BearerChallenge | { readonly scheme: "basic" };

/** @returns undefined when it is neither of the two that registries use. https://distribution.github.io/distribution/spec/auth/token/ */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme = "", parameters = ""] = /^\s*(\w+)\s*(.*)$/s.exec(header) ?? [];
  if (scheme.toLowerCase() === "basic") return { scheme: "basic" };
  if (scheme.toLowerCase() !== "bearer") return undefined;
  const values = new Map<string, string>();
  for (const [, key = "", quoted, bare] of parameters.matchAll(/(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    values.set(key.toLowerCase(), quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/g, "$1"));
  }
  const realm = values.get("realm");
  return realm ? { scheme: "bearer", realm, service: values.get("service"), scope: values.get("scope") } : undefined;
}
