import pRetry, { AbortError } from "p-retry";
import { parseChallenge, type BearerChallenge } from "./challenge";
import type { Credentials } from "./docker-config";
import { digestPattern, type ImageReference } from "./reference";

export interface ResolveOptions {
  /** Credentials of a registry; undefined: anonymous. */
  readonly credentials: (registry: string) => Credentials | undefined;
  /** For one request. @default 15 */
  readonly timeoutSeconds?: number;
  /** Tries after the first, when the registry does not answer, is overloaded or says so. @default 2 */
  readonly retries?: number;
}

/** An index first: its digest names the image for every platform. Without these, registries answer an old format, or 404. */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * The digest that a tag has at its registry now. A HEAD request: it is not counted as a pull.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 * @returns "sha256:..." @throws with the registry's answer when there is none: a digest is never made up
 */
export async function resolveDigest(image: ImageReference, options: ResolveOptions): Promise<string> {
  return pRetry(() => resolveOnce(image, options), {
    retries: options.retries ?? 2,
    minTimeout: 500,
  });
}

async function resolveOnce(image: ImageReference, options: ResolveOptions): Promise<string> {
  const registry = image.registry === "docker.io" ? "registry-1.docker.io" : image.registry;
  const path = `/v2/${image.repository}/manifests/${image.tag}`;
  const head = (authorization?: string) =>
    ask(
      registry,
      path,
      { method: "HEAD", headers: { accept: manifestTypes, ...(authorization && { authorization }) } },
      options,
    );

  let response = await head();
  if (response.status === 401) response = await head(await authorize(response, image, options));
  if (!response.ok) throw refusal(response, `${registry}${path}`);
  const digest = response.headers.get("docker-content-digest");
  if (!digest || !digestPattern.test(digest)) {
    throw new AbortError(
      `${registry} answered ${JSON.stringify(digest)} as Docker-Content-Digest, which is no sha256 digest`,
    );
  }
  return digest;
}

/** The Authorization header that a registry's 401 asks for. */
async function authorize(response: Response, image: ImageReference, options: ResolveOptions): Promise<string> {
  const header = response.headers.get("www-authenticate") ?? "";
  const challenge = parseChallenge(header);
  const credentials = options.credentials(image.registry);
  const basic =
    credentials && `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
  if (challenge?.scheme === "bearer") return `Bearer ${await token(challenge, image, basic, options)}`;
  if (challenge?.scheme === "basic" && basic) return basic;
  const fix = `docker login ${image.registry}`;
  throw new AbortError(
    challenge
      ? `${image.registry} wants a user and password; fix: ${fix}`
      : `${image.registry} asks for an unknown login: "${header}"`,
  );
}

async function token(
  challenge: BearerChallenge,
  image: ImageReference,
  basic: string | undefined,
  options: ResolveOptions,
): Promise<string> {
  const url = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
  if (!url) throw new AbortError(`${image.registry} names "${challenge.realm}" for tokens, which is no URL`);
  // Credentials go over TLS only, except on this machine.
  const plain = url.protocol !== "https:" && !isLoopback(url.host);
  if (basic && plain)
    throw new AbortError(`${image.registry} wants the password sent in clear to ${url.origin}: refused`);
  if (challenge.service) url.searchParams.set("service", challenge.service);
  url.searchParams.set("scope", challenge.scope ?? `repository:${image.repository}:pull`);
  const response = await fetchIn(url, { headers: basic ? { authorization: basic } : {} }, options);
  if (!response.ok) throw refusal(response, url.origin);
  const body = (await response.json()) as { token?: unknown; access_token?: unknown };
  const value = body.token ?? body.access_token;
  if (typeof value !== "string" || value === "") throw new AbortError(`${url.origin} answered without a token`);
  return value;
}

/** Asks by TLS; on loopback alone, as Docker does, plain HTTP where no TLS is spoken. */
async function ask(registry: string, path: string, init: RequestInit, options: ResolveOptions): Promise<Response> {
  try {
    return await fetchIn(new URL(`https://${registry}${path}`), init, options);
  } catch (error) {
    if (isLoopback(registry) && speaksNoTls(error)) return fetchIn(new URL(`http://${registry}${path}`), init, options);
    throw error;
  }
}

async function fetchIn(url: URL, init: RequestInit, options: ResolveOptions): Promise<Response> {
  const seconds = options.timeoutSeconds ?? 15;
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(seconds * 1000) });
  } catch (cause) {
    const said = reason(cause, seconds);
    const message = `${url.host} did not answer: ${said}`;
    // A certificate does not become valid by trying again.
    if (/certificate|self.signed/i.test(said)) {
      throw new AbortError(`${message}; fix: name the CA's file in NODE_EXTRA_CA_CERTS`);
    }
    throw new Error(message, { cause });
  }
}

function reason(error: unknown, seconds: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `nothing within ${seconds} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

const speaksNoTls = (error: unknown): boolean =>
  error instanceof Error &&
  (["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"].includes(
    (error as NodeJS.ErrnoException).code ?? "",
  ) ||
    speaksNoTls(error.cause));

const isLoopback = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);

/** Overload may pass; anything else is an answer. */
function refusal(response: Response, what: string): Error {
  const meaning: Record<number, string> = {
    401: "not allowed, or no such image",
    403: "not allowed",
    404: "no such image or tag",
    429: "too many requests",
  };
  const message = `${what} answered ${response.status}${meaning[response.status] ? ` (${meaning[response.status]})` : ""}`;
  return response.status === 429 || response.status >= 500 ? new Error(message) : new AbortError(message);
}
