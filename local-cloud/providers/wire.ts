import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Props } from "./provider";

// How the engine marks special values inside its property maps. Source: pulumi sdk/go/common/resource/sig and .../plugin/rpc.go.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const isObject = (value: unknown): value is Props =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isSecret = (value: unknown): value is { value: unknown } =>
  isObject(value) && value[signatureKey] === secretSignature;
const secret = (value: unknown) => ({ [signatureKey]: secretSignature, value });

/** Whether a value is marked secret, itself or anywhere inside. */
export function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

/** The same value without any secret marks. */
export function reveal(value: unknown): unknown {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, reveal(v)]));
  return value;
}

/**
 * Marks as secret what `marked` has as secret under the same name, as the engine does for a provider that cannot take
 * secrets (`annotateSecrets` in provider_plugin.go).
 */
export function markSecrets(values: Props, marked: Props): Props {
  const entries = Object.entries(values).map(([key, value]): [string, unknown] => {
    const like = marked[key];
    if (isObject(value) && isObject(like) && !isSecret(like)) return [key, markSecrets(value, like)];
    return [key, holdsSecret(like) ? secret(value) : value];
  });
  return Object.fromEntries(entries);
}

/** Marks the named values as secret. */
export function markKeys(values: Props, keys: readonly string[]): Props {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, keys.includes(key) && !isSecret(value) ? secret(value) : value]),
  );
}

/** A message's properties, secrets still marked; an absent struct is empty. */
export const fromStruct = (struct: Struct | undefined): Props => (struct ? struct.toJavaScript() : {}) as Props;

/** Properties as a message; undefined values are left out (a Struct cannot hold them). */
export const toStruct = (values: Props): Struct => Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));

/**
 * A provider's configuration as the program wrote it: the SDKs send everything but strings as JSON text. Numbers stay text,
 * since a token may look like one.
 */
export function decodeConfig(values: Props): Props {
  const decode = (value: unknown) =>
    typeof value === "string" && /^(\[|\{|true$|false$)/.test(value) ? JSON.parse(value) : value;
  return Object.fromEntries(Object.entries(reveal(values) as Props).map(([key, value]) => [key, decode(value)]));
}
