import { z } from "zod";
import { check, type Check } from "./role";

/** Milliseconds for one answer of Vault. */
const timeoutMs = 3_000;

/** Vault's KV version 2 engine at `secret/`. */
export interface SecretStore {
  check(): Promise<Check>;
  /** Resolves when Vault has answered, which raft does after the entry is on disk. @param path below the mount */
  write(path: string, data: Record<string, unknown>): Promise<void>;
  /** @returns undefined when nothing is at that path */
  read(path: string): Promise<Record<string, unknown> | undefined>;
}

const secret = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable() }) });

/** @param address VAULT_ADDR @param token VAULT_TOKEN, whose policy allows secret/data/smarteros/drill/* */
export function secretStore(address: string, token: string): SecretStore {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, address), {
      ...init,
      headers: { "X-Vault-Token": token, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
  return {
    check: () =>
      check("vault", async () => {
        const health = await ask("/v1/sys/health");
        if (!health.ok)
          throw new Error(`Vault is ${healthStates[health.status] ?? `not well (HTTP ${health.status})`}`);
        // The token lives in Vault's own storage: another Vault, or an empty one, does not know it.
        const self = await ask("/v1/auth/token/lookup-self");
        if (!self.ok)
          throw new Error(`VAULT_TOKEN is not accepted (HTTP ${self.status}): is this the Vault that issued it?`);
        return "unsealed, and knows the gateway's token";
      }),
    async write(path, data) {
      const answer = await ask(`/v1/secret/data/${path}`, { method: "POST", body: JSON.stringify({ data }) });
      if (!answer.ok)
        throw new Error(`vault: writing secret/${path} failed: HTTP ${answer.status} ${await answer.text()}`);
    },
    async read(path) {
      const answer = await ask(`/v1/secret/data/${path}`);
      if (answer.status === 404) return undefined;
      if (!answer.ok)
        throw new Error(`vault: reading secret/${path} failed: HTTP ${answer.status} ${await answer.text()}`);
      return secret.parse(await answer.json()).data.data ?? undefined;
    },
  };
}

/** @see https://developer.hashicorp.com/vault/api-docs/system/health */
const healthStates: Record<number, string> = {
  429: "a standby, which does not write",
  501: "not initialised",
  503: "sealed",
};
