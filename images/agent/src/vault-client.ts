import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { VaultIdentity } from "../../../contracts/vault";
import { NoAnswer, within } from "../../../outside/within";

const requestSeconds = 30;
/** A snapshot is the whole of Vault's storage. */
const snapshotSeconds = 300;

export const sealStatus = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  /** Threshold and number of shares. */
  t: z.number(),
  n: z.number(),
  progress: z.number(),
  version: z.string(),
  /** Only when unsealed. */
  cluster_id: z.string().optional(),
});
export type SealStatus = z.infer<typeof sealStatus>;

/** An answer of Vault's that is not 2xx. */
export class VaultError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The few calls of Vault's HTTP API that backups, restores and the hardening need: https://developer.hashicorp.com/vault/api-docs/system */
export class VaultClient {
  constructor(
    private readonly address: string,
    private readonly token?: string,
    /** Of any request but a snapshot's. */
    private readonly seconds = requestSeconds,
  ) {}

  async sealStatus(): Promise<SealStatus> {
    return sealStatus.parse(await this.json("GET", "sys/seal-status"));
  }

  /** Grows with every write: equal twice means that Vault's storage has not changed. */
  async appliedIndex(): Promise<number> {
    return z.object({ raft_applied_index: z.number() }).parse(await this.json("GET", "sys/leader")).raft_applied_index;
  }

  /** @throws while it is sealed */
  async identity(): Promise<VaultIdentity> {
    const { t, n, cluster_id } = await this.sealStatus();
    if (cluster_id === undefined)
      throw new Error(`Vault at ${this.address} is sealed: it does not say which one it is`);
    return { clusterId: cluster_id, shares: n, threshold: t };
  }

  async isActive(): Promise<boolean> {
    return this.fetch("GET", "sys/health", {}, this.seconds, async ({ status }) => status === 200);
  }

  async saveSnapshot(file: string): Promise<void> {
    await this.accepted("GET", "sys/storage/raft/snapshot", {}, snapshotSeconds, async ({ body }) => {
      if (!body) throw new Error(`Vault at ${this.address} answered a snapshot without a body`);
      await pipeline(
        Readable.fromWeb(body as import("node:stream/web").ReadableStream),
        createWriteStream(file, { mode: 0o600 }),
      );
    });
  }

  /** Shares that open it from now on (base64), and a root token. */
  async init(shares: number, threshold: number): Promise<{ shares: string[]; token: string }> {
    const schema = z.object({ keys_base64: z.array(z.string()), root_token: z.string() });
    const made = schema.parse(
      await this.json("POST", "sys/init", { secret_shares: shares, secret_threshold: threshold }),
    );
    return { shares: made.keys_base64, token: made.root_token };
  }

  /** Mounts a KV version 2 engine. */
  async mountSecrets(path: string): Promise<void> {
    await this.json("POST", `sys/mounts/${path}`, { type: "kv", options: { version: "2" } });
  }

  async writePolicy(name: string, policy: string): Promise<void> {
    await this.json("PUT", `sys/policies/acl/${name}`, { policy });
  }

  /** A token that outlives the one that made it. Nobody renews it: it is good for ten years, or until it is revoked. */
  async createToken(policy: string): Promise<{ token: string; accessor: string }> {
    const schema = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) });
    const body = { policies: [policy], period: "87600h", display_name: policy };
    const { auth } = schema.parse(await this.json("POST", "auth/token/create-orphan", body));
    return { token: auth.client_token, accessor: auth.accessor };
  }

  /** One that is gone already is no error. */
  async revokeAccessor(accessor: string): Promise<void> {
    await this.json("POST", "auth/token/revoke-accessor", { accessor }).catch((error: unknown) => {
      if (!(error instanceof VaultError) || !/invalid accessor/.test(error.message)) throw error;
    });
  }

  /** What is on, in words: "stdout/ (file)". */
  async auditDevices(): Promise<string[]> {
    const schema = z.object({ data: z.record(z.string(), z.object({ type: z.string() })) });
    const { data } = schema.parse(await this.json("GET", "sys/audit"));
    return Object.entries(data).map(([path, { type }]) => `${path} (${type})`);
  }

  async revokeSelf(): Promise<void> {
    await this.json("POST", "auth/token/revoke-self", {});
  }

  async unseal(key: string): Promise<SealStatus> {
    return sealStatus.parse(await this.json("POST", "sys/unseal", { key }));
  }

  /** Forgets the shares given so far. */
  async resetUnseal(): Promise<void> {
    await this.json("POST", "sys/unseal", { reset: true });
  }

  /** Puts a snapshot of another Vault in place: this one is then sealed, and opens only with the other's shares. */
  forceSnapshot(file: string): Promise<void> {
    return this.putSnapshot("snapshot-force", file);
  }

  /** Puts another snapshot of the same Vault in place. It answers nothing for the 5 s after, and is then at work with it. */
  renewSnapshot(file: string): Promise<void> {
    return this.putSnapshot("snapshot", file);
  }

  private async putSnapshot(how: "snapshot" | "snapshot-force", file: string): Promise<void> {
    const body = Readable.toWeb(createReadStream(file)) as unknown as NonNullable<RequestInit["body"]>;
    await this.accepted(
      "POST",
      `sys/storage/raft/${how}`,
      { body, duplex: "half" },
      snapshotSeconds,
      async () => undefined,
    );
  }

  /** Any other path below /v1/. */
  async read(path: string): Promise<unknown> {
    return this.json("GET", path);
  }

  async write(path: string, body: unknown): Promise<unknown> {
    return this.json("POST", path, body);
  }

  /** Names below a path; none when there is nothing. */
  async list(path: string): Promise<string[]> {
    const schema = z.object({ data: z.object({ keys: z.array(z.string()) }) });
    const found = await this.json("GET", `${path}?list=true`).catch((error: unknown) => {
      if (error instanceof VaultError && error.status === 404) return undefined;
      throw error;
    });
    return found === undefined ? [] : schema.parse(found).data.keys;
  }

  async delete(path: string): Promise<void> {
    await this.json("DELETE", path);
  }

  private json(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.accepted(method, path, init, this.seconds, async (response) => {
      const text = await response.text();
      return text === "" ? undefined : (JSON.parse(text) as unknown);
    });
  }

  private accepted<T>(
    method: string,
    path: string,
    init: RequestInit & { duplex?: "half" },
    seconds: number,
    use: (response: Response) => Promise<T>,
  ): Promise<T> {
    return this.fetch(method, path, init, seconds, async (response) => {
      if (response.ok) return use(response);
      throw new VaultError(
        response.status,
        `Vault ${method} ${path} answered ${response.status}: ${(await response.text()).trim()}`,
      );
    });
  }

  /** @param seconds for the answer and its body */
  private async fetch<T>(
    method: string,
    path: string,
    init: RequestInit & { duplex?: "half" },
    seconds: number,
    use: (response: Response) => Promise<T>,
  ): Promise<T> {
    const headers = this.token === undefined ? undefined : { "x-vault-token": this.token };
    return within(seconds, async (signal) => {
      const answer = await fetch(new URL(`/v1/${path}`, this.address), { method, headers, signal, ...init }).catch(
        (cause: unknown) => {
          throw new Error(`Vault at ${this.address} cannot be reached`, { cause });
        },
      );
      return use(answer);
    }).catch((error: unknown) => {
      throw error instanceof NoAnswer
        ? new Error(`Vault at ${this.address} cannot be reached`, { cause: error })
        : error;
    });
  }
}
