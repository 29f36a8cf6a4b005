/** An image as a person writes it, taken apart by Docker's rules. */
export interface ImageReference {
  /** Without the implied registry, tag and digest: what is written back. @example "odoo", "ghcr.io/acme/gateway" */
  readonly name: string;
  /** @example "docker.io", "registry.example.com:5000" */
  readonly registry: string;
  /** Path at its registry. @example "library/odoo" */
  readonly repository: string;
  readonly tag: string;
  /** As written, maybe from an earlier time. @example "sha256:..." */
  readonly digest: string | undefined;
}

// The grammar of names, tags and digests: https://github.com/distribution/reference/blob/main/reference.go
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
export const digestPattern = /^sha256:[0-9a-f]{64}$/;
const hostPattern = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

/** @throws when it is no image name, has no tag, or a digest that is no sha256 */
export function parseReference(text: string): ImageReference {
  const refuse = (why: string): never => {
    throw new Error(`received "${text}": ${why}; allowed: repo/name:tag or repo/name:tag@sha256:<64 hex digits>`);
  };
  const [beforeDigest = "", digest, ...more] = text.split("@");
  if (more.length > 0 || (digest !== undefined && !digestPattern.test(digest)))
    refuse("the part after @ is no sha256 digest");
  const colon = beforeDigest.lastIndexOf(":");
  const hasTag = colon > beforeDigest.lastIndexOf("/");
  // Docker would silently take "latest": which image a recovery starts must not depend on that.
  if (!hasTag) refuse("it has no tag");
  const [name, tag] = [beforeDigest.slice(0, colon), beforeDigest.slice(colon + 1)];
  if (!tagPattern.test(tag)) refuse(`"${tag}" is no tag`);

  const [first = "", ...rest] = name.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const registry = hasHost ? first : "docker.io";
  const path = hasHost ? rest : [first, ...rest];
  if (hasHost && !hostPattern.test(registry)) refuse(`"${registry}" is no registry`);
  const wrong = path.find((part) => !component.test(part));
  if (wrong !== undefined) refuse(`"${wrong}" is no part of an image name`);
  const repository = registry === "docker.io" && path.length === 1 ? `library/${path[0]}` : path.join("/");
  return { name, registry, repository, tag, digest };
}
