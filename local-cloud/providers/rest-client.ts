import pRetry from "p-retry";

/** An answer of the API that is no success. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    /** The API's own code. @example "resource_unavailable", "81044" */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiFailure";
  }
}

/** No answer at all: nobody listens, the name is unknown, the connection broke. */
class NoAnswer extends Error {}

export interface RestClientArgs {
  /** With the version path, without a slash at the end. */
  readonly baseUrl: string;
  readonly token: string;
  /** Code and message out of an error document of this API. */
  readonly explain: (document: unknown) => { code: string; message: string } | undefined;
}

/** Answers after which the same request may succeed. 501 is not one of them. */
const passing = new Set([429, 500, 502, 503, 504]);
/** Five tries over about 8 s: as patient as the real plugins are with a busy API, without hanging on a dead one. */
const patience = { retries: 4, factor: 2, minTimeout: 500, maxTimeout: 4000 };
/** Milliseconds for one request. */
const requestTimeout = 60_000;

/** JSON over HTTP with a bearer token, repeated with backoff on 429, 5xx and lost connections. */
export class RestClient {
  constructor(private readonly args: RestClientArgs) {}

  /**
   * @returns the answer's document; undefined when there is none (204).
   * @throws ApiFailure with the API's code, or an error that names the URL when there was no answer.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- documents of foreign APIs; callers pick what they know.
  async request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<any> {
    return pRetry(() => this.once(method, path, body, signal), {
      ...patience,
      ...(signal ? { signal } : {}),
      shouldRetry: ({ error }) =>
        error instanceof NoAnswer || (error instanceof ApiFailure && passing.has(error.status)),
    });
  }

  /** The same; undefined when the thing does not exist (404). */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  async find(path: string, signal?: AbortSignal): Promise<any> {
    try {
      return await this.request("GET", path, undefined, signal);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  private async once(method: string, path: string, body: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const url = `${this.args.baseUrl}${path}`;
    const timeout = AbortSignal.timeout(requestTimeout);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.args.token}`,
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      text = await response.text();
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw new NoAnswer(`${method} ${url}: no answer (${reasonOf(cause)}); fix: check that the API is reachable`, {
        cause,
      });
    }
    const document = parse(text);
    if (response.ok) return document;
    const known = this.args.explain(document);
    const code = known?.code ?? String(response.status);
    throw new ApiFailure(
      response.status,
      code,
      `${known?.message ?? (text.slice(0, 200) || response.statusText)} (${code}, HTTP ${response.status}, ${method} ${path})`,
    );
  }
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a proxy's page: the caller quotes its text
    throw error;
  }
}

/** Node's fetch says "fetch failed" and hides why in `cause`. */
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code || cause?.message || (error instanceof Error ? error.message : String(error));
}
