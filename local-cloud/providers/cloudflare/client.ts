import { refuseUnsupported } from "../compare";
import type { Props } from "../provider";
import { RestClient } from "../rest-client";

/** The Cloudflare API, version 4: the `result` of requests, and lists over all pages. */
export class CloudflareClient {
  private constructor(private readonly rest: RestClient) {}

  /** From the provider's configuration; the environment fills in what it lacks, as with the real plugin. */
  static fromConfig(this: void, config: Props): CloudflareClient {
    const [refused] = refuseUnsupported("the cloudflare provider", config, ["apiToken", "baseUrl"]);
    if (refused) throw new Error(refused.reason);
    const token = config["apiToken"] ?? process.env["CLOUDFLARE_API_TOKEN"] ?? "";
    if (!/^[A-Za-z0-9-_]{40}$/.test(token)) {
      throw new Error(
        "cloudflare:apiToken: API tokens must only contain characters a-z, A-Z, 0-9, hyphens and underscores, and be 40 long; fix: pulumi config set --secret cloudflare:apiToken",
      );
    }
    const baseUrl: string =
      config["baseUrl"] ?? process.env["CLOUDFLARE_BASE_URL"] ?? "https://api.cloudflare.com/client/v4";
    const explain = (document: unknown) => {
      const errors = (document as { errors?: { code: number; message: string }[] } | undefined)?.errors;
      return errors?.[0] && { code: String(errors[0].code), message: errors.map((error) => error.message).join("; ") };
    };
    return new CloudflareClient(new RestClient({ baseUrl: baseUrl.replace(/\/$/, ""), token, explain }));
  }

  async get(path: string): Promise<Props> {
    return (await this.rest.request("GET", path)).result;
  }

  /** Undefined when it does not exist. */
  async find(path: string, signal?: AbortSignal): Promise<Props | undefined> {
    return (await this.rest.find(path, signal))?.result;
  }

  async send(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<Props> {
    return (await this.rest.request(method, path, body, signal)).result;
  }

  /** All pages of a list: asked until one is empty, or `max` are there. */
  async list(path: string, query: Readonly<Record<string, string | undefined>>, max = Infinity): Promise<Props[]> {
    const parameters = new URLSearchParams(
      Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const found: Props[] = [];
    for (let page = 1; found.length < max; page++) {
      if (page > 1) parameters.set("page", String(page));
      const { result } = (await this.rest.request("GET", `${path}?${parameters}`)) as { result: Props[] };
      if (result.length === 0) break;
      found.push(...result);
    }
    return found.slice(0, max);
  }
}
