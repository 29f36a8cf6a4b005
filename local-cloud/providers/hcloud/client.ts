import { setTimeout as delay } from "node:timers/promises";
import { refuseUnsupported } from "../compare";
import type { Context, Props } from "../provider";
import { RestClient } from "../rest-client";

/** An action as the API answers it. */
interface Action {
  readonly id: number;
  readonly command: string;
  readonly status: "running" | "success" | "error";
  readonly error: { code: string; message: string } | null;
}

/** How long an action may run when the resource has no `customTimeouts`. */
const defaultActionSeconds = 15 * 60;

/** The Hetzner Cloud API: requests, lists over all pages, and the wait for actions. */
export class HcloudClient {
  private constructor(
    private readonly rest: RestClient,
    private readonly pollMilliseconds: number,
  ) {}

  /** From the provider's configuration; the environment fills in what it lacks, as with the real plugin. */
  static fromConfig(this: void, config: Props): HcloudClient {
    const refused = refuseUnsupported("the hcloud provider", config, ["token", "endpoint", "pollInterval"]);
    if (refused[0]) throw new Error(refused[0].reason);
    const token = config["token"] ?? process.env["HCLOUD_TOKEN"] ?? "";
    if (token.length !== 64) {
      throw new Error(
        `hcloud:token: entered token is invalid: it has ${token.length} characters, must have exactly 64; fix: pulumi config set --secret hcloud:token`,
      );
    }
    const endpoint: string = config["endpoint"] ?? process.env["HCLOUD_ENDPOINT"] ?? "https://api.hetzner.cloud/v1";
    const explain = (document: unknown) =>
      (document as { error?: { code: string; message: string } } | undefined)?.error;
    const rest = new RestClient({ baseUrl: endpoint.replace(/\/$/, ""), token, explain });
    return new HcloudClient(rest, parseInterval(config["pollInterval"] ?? "500ms"));
  }

  get(path: string, signal?: AbortSignal) {
    return this.rest.request("GET", path, undefined, signal);
  }

  /** Undefined when it does not exist. */
  find(path: string, signal?: AbortSignal) {
    return this.rest.find(path, signal);
  }

  send(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown, signal?: AbortSignal) {
    return this.rest.request(method, path, body, signal);
  }

  /** Everything that the list holds, page by page. */
  async list(
    path: string,
    query: Record<string, string | readonly string[] | undefined> = {},
    signal?: AbortSignal,
  ): Promise<Props[]> {
    const found: Props[] = [];
    for (let page: number | null = 1; page !== null;) {
      const parameters = new URLSearchParams({ page: String(page), per_page: "50" });
      for (const [name, value] of Object.entries(query))
        for (const one of value === undefined ? [] : [value].flat()) parameters.append(name, one);
      const document: Props = await this.get(`${path}?${parameters}`, signal);
      found.push(...document[path.slice(1)]);
      page = document["meta"].pagination.next_page;
    }
    return found;
  }

  /** Resolves when all actions have succeeded; rejects with the API's code when one failed or the resource's time is over. */
  async finish(context: Context<HcloudClient>, actions: readonly (Action | null | undefined)[]): Promise<void> {
    const seconds = context.timeoutSeconds ?? defaultActionSeconds;
    const deadline = Date.now() + seconds * 1000;
    let pending = actions.filter((action) => action !== null && action !== undefined);
    for (;;) {
      const failed = pending.find((action) => action.status === "error");
      if (failed)
        throw new Error(
          `action ${failed.command} (${failed.id}) failed: ${failed.error?.message} (${failed.error?.code})`,
        );
      pending = pending.filter((action) => action.status === "running");
      if (pending.length === 0) return;
      if (Date.now() > deadline) {
        throw new Error(
          `actions ${pending.map((a) => a.command).join(", ")} still run after ${seconds} s; fix: look at the server at Hetzner, or raise customTimeouts`,
        );
      }
      await delay(this.pollMilliseconds, undefined, { signal: context.signal });
      pending = (await this.list(
        "/actions",
        { id: pending.map((a) => String(a.id)), sort: ["status", "id"] },
        context.signal,
      )) as unknown as Action[];
    }
  }
}

/** Go's duration, as far as one number with a unit. @example "100ms", "2s" */
function parseInterval(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (!match)
    throw new Error(`hcloud:pollInterval: received "${text}"; allowed: a number with ms, s or m; fix: "500ms"`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
}
