import { Secret, UNKNOWN } from "./model";
import { settingsOf, strictest, type Settings } from "./settings";

/**
 * What the engine sends and @pulumi/policy drops before a policy is called: the stack's configuration, and which inputs are secret. Both are in
 * the messages of the analyzer's service, whose decoders are wrapped here; the messages themselves are left as they are.
 */
interface Message {
  toObject(): unknown;
}
interface ConfigureMessage extends Message {
  getStack(): string;
  getConfigMap(): { forEach(each: (value: string, key: string) => void): void };
  getConfigSecretKeysList(): string[];
}
interface AnalyzeMessage extends Message {
  getUrn(): string;
  getProperties(): { toJavaScript(): Record<string, unknown> } | undefined;
}
interface Method<T> {
  requestDeserialize: (bytes: Buffer) => T;
}
interface AnalyzerService {
  readonly configureStack: Method<ConfigureMessage>;
  readonly analyze: Method<AnalyzeMessage>;
}

/** Signatures of Pulumi's wire format (sdk/nodejs/runtime/rpc.ts, @pulumi/policy/proxy.ts). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknowns = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** A value of the wire with its marks as {@link Secret} and {@link UNKNOWN}. */
export function marked(value: unknown): unknown {
  if (typeof value === "string") return unknowns.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signatureKey] === secretSignature) return new Secret(marked(object["value"]));
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, marked(inner)]));
}

/** What was seen on the wire since the pack was started. */
export interface Wire {
  readonly settings: Settings;
  /** Inputs of a resource, as last sent. */
  inputs(urn: string): Record<string, unknown> | undefined;
}

/** Listens from now on. Called once, before the pack serves. */
export function listen(service: AnalyzerService): Wire {
  let settings = strictest;
  const inputs = new Map<string, Record<string, unknown>>();
  tap(service.configureStack, (message) => {
    const config = new Map<string, string>();
    message.getConfigMap().forEach((value, key) => config.set(key, value));
    settings = settingsOf(message.getStack(), config, message.getConfigSecretKeysList());
  });
  tap(service.analyze, (message) => {
    inputs.set(message.getUrn(), marked(message.getProperties()?.toJavaScript() ?? {}) as Record<string, unknown>);
  });
  return {
    get settings() {
      return settings;
    },
    inputs: (urn) => inputs.get(urn),
  };
}

function tap<T>(method: Method<T>, seen: (message: T) => void): void {
  const decode = method.requestDeserialize;
  method.requestDeserialize = (bytes) => {
    const message = decode(bytes);
    try {
      seen(message);
    } catch (cause) {
      // gRPC tells the engine that the request could not be read, and drops why.
      console.error(cause);
      throw cause;
    }
    return message;
  };
}
