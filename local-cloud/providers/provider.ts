/**
 * What a stand-in provider plugin implements. `serve.ts` turns one into a real resource plugin; the provider itself knows
 * nothing of gRPC, secrets or previews.
 *
 * - Values are plain JSON: secrets arrive unwrapped, and outputs that repeat a secret input are marked secret again.
 * - `create`, `update`, `delete` and `read` never see an unknown value. `check` and `diff` may, in a preview: see `isUnknown`.
 * - Assets and archives arrive as their wire objects (`{"4dabf181...": ..., "path" | "text": ...}`).
 */

/** Inputs or outputs of one resource, or a provider's configuration. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- they mirror schemas of foreign SDKs; each resource checks its own.
export type Props = Record<string, any>;

/** How an unknown value looks in `check` and `diff` during a preview. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is unknown itself, or holds an unknown anywhere inside. */
export function isUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/** What an operation knows of the resource it works for. */
export interface Context<Client> {
  /** What `Provider.configure` returned. */
  readonly client: Client;
  readonly urn: string;
  /** Name in the program. @example "web" */
  readonly name: string;
  /** @example "hcloud:index/server:Server" */
  readonly type: string;
  /** `customTimeouts` of the resource, in seconds; undefined: the provider's own default. */
  readonly timeoutSeconds: number | undefined;
  /** Aborted when the engine cancels (Ctrl-C) or is gone. Long waits must listen to it. */
  readonly signal: AbortSignal;
  /** Shows a message beside the resource. Nothing secret in it. */
  log(severity: "debug" | "info" | "warning" | "error", message: string): void;
}

export interface CheckFailure {
  /** Path of the property. @example "uploads[0].source" */
  readonly property: string;
  /** Value received, what is allowed, and the fix. */
  readonly reason: string;
}

export interface CheckResult {
  /** The inputs with defaults filled in. */
  readonly inputs: Props;
  readonly failures?: readonly CheckFailure[];
}

export type DiffKind = "add" | "delete" | "update";

export interface DiffResult {
  /** Changed properties by top-level name or path. Empty: nothing changed. */
  readonly changed: Readonly<Record<string, { readonly kind: DiffKind; readonly replace: boolean }>>;
  /** Whether a replacement deletes the old resource first, because both cannot exist at once. @default false */
  readonly deleteBeforeReplace?: boolean;
}

export interface Created {
  readonly id: string;
  /** Everything the SDK's class declares as output, the inputs included. */
  readonly props: Props;
}

export interface Live extends Created {
  /**
   * The inputs that would make the resource as it is now. An import fails or updates on the difference to the program's
   * inputs; a refresh reports the difference to the last inputs as drift. So return an input that did not drift exactly as
   * it was given, and leave out what the program never set.
   */
  readonly inputs: Props;
}

/** State of an existing resource, as the last operation left it. */
export interface Existing {
  readonly id: string;
  readonly props: Props;
  readonly inputs: Props;
}

/** One resource type. Every method may throw: the message reaches the user as it is, so it says cause and fix. */
export interface ResourceType<Client> {
  /**
   * Fills in defaults and refuses what the real provider refuses, and what the stand-in does not implement.
   * @default inputs as they are
   */
  check?(context: Context<Client>, inputs: Props, old: Props | undefined): CheckResult | Promise<CheckResult>;
  /** @default `compare(old.inputs, inputs)`: every difference is an update in place */
  diff?(context: Context<Client>, old: Existing, inputs: Props): DiffResult | Promise<DiffResult>;
  /** Makes the resource. If it exists afterwards but is not as wanted, throw `PartialFailure`, so that it is kept in the state. */
  create(context: Context<Client>, inputs: Props): Promise<Created>;
  /**
   * Looks at the live resource; undefined when it does not exist. On an import `known` has an id alone (props and inputs are
   * empty); on a refresh it holds the last state.
   */
  read(context: Context<Client>, known: Existing): Promise<Live | undefined>;
  /** Changes the resource in place and returns all outputs. @default a change that needs it is an error */
  update?(context: Context<Client>, old: Existing, inputs: Props): Promise<Props>;
  /** A resource that is already gone is a success. */
  delete(context: Context<Client>, old: Existing): Promise<void>;
  /**
   * Outputs that are secret as soon as one of the inputs beside them is, because they may repeat it. Outputs named like a
   * secret input are secret anyway. @example { stdout: ["create", "stdin"] }
   */
  readonly derivedSecrets?: Readonly<Record<string, readonly string[]>>;
}

/** A data source. Returns the outputs; arguments are known values. */
export type ProviderFunction<Client> = (client: Client, args: Props) => Promise<Props>;

/** A provider plugin. */
export interface Provider<Client> {
  /** Package name. @example "hcloud" */
  readonly name: string;
  /** Version of the SDK (npm) that it stands in for. */
  readonly version: string;
  /**
   * Makes a client from the provider's configuration. Lists, objects and booleans arrive as such (on the wire they are JSON
   * strings), numbers may arrive as strings. Throw on what is missing or not implemented, naming the property.
   */
  configure(config: Props): Client | Promise<Client>;
  /** By token. @example { "hcloud:index/server:Server": server } */
  readonly resources: Readonly<Record<string, ResourceType<Client>>>;
  /** By token. @example { "hcloud:index/getServerType:getServerType": getServerType } */
  readonly functions?: Readonly<Record<string, ProviderFunction<Client>>>;
}

/** Thrown by `create` or `update` when the resource exists but did not become what was wanted: the engine keeps it in its state. */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    readonly props: Props,
    /** The inputs to remember as applied. */
    readonly inputs: Props,
    message: string,
  ) {
    super(message);
    this.name = "PartialFailure";
  }
}
