import { Secret, UNKNOWN, type Finding, type Resource, type ResourceRule } from "../core/model";
import { secretIn } from "./recognise";

/** Texts of an input that are not marked secret, with their paths. Unknown ones are left out: containers and commands are judged again at update. */
function* clearTexts(value: unknown, path: string): Generator<{ path: string; text: string }> {
  if (value instanceof Secret || value === UNKNOWN) return;
  if (typeof value === "string") yield { path, text: value };
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value))
      yield* clearTexts(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
  }
}

/** Paths of inputs that are not known yet. */
function* unknownPaths(value: unknown, path: string): Generator<string> {
  if (value === UNKNOWN) yield path;
  else if (!(value instanceof Secret) && typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value))
      yield* unknownPaths(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
  }
}

function* check(resource: Resource, secrets: readonly string[]): Generator<Finding> {
  for (const { path, text } of clearTexts(resource.inputs, "")) {
    const why = secretIn(text, secrets);
    if (why)
      yield {
        property: path,
        value: why,
        allowed: "secrets marked as such",
        fix: "wrap it in pulumi.secret, or take it from config.requireSecret",
      };
  }
  for (const property of unknownPaths(resource.inputs, "")) yield { property, unknown: true };
}

/**
 * Nothing that looks like a key, a token or a password is in clear in any input of any resource, nor is any value that the configuration keeps
 * secret: the state would show it to whoever reads the bucket it is in. CKV_SECRET_2, CKV_SECRET_6, CKV_SECRET_13; NIST IA-5(7), SC-28.
 */
export const secretsClearInputs: ResourceRule = {
  name: "secrets-clear-inputs",
  demands: "No secret is in clear in an input",
  maps: { checkov: ["CKV_SECRET_2", "CKV_SECRET_6", "CKV_SECRET_13"], nist: ["IA-5(7)", "SC-28"] },
  types: "every",
  check: (resource, { settings }) => check(resource, settings.secrets),
};
