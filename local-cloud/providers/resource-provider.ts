import * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { compare, hasChanges } from "./compare";
import type { EngineLog } from "./engine-log";
import {
  PartialFailure,
  type Context,
  type DiffKind,
  type DiffResult,
  type Props,
  type Provider,
  type ResourceType,
} from "./provider";
import { decodeConfig, fromStruct, holdsSecret, markKeys, markSecrets, reveal, toStruct } from "./wire";

interface Surroundings {
  readonly log: EngineLog;
  /** Aborted by the engine's Cancel. */
  readonly cancellation: AbortController;
}

/** The part that requests about one resource have in common. */
interface ResourceRequest {
  getUrn(): string;
  getName(): string;
  getType(): string;
  getTimeout?(): number;
}

/** The `pulumirpc.ResourceProvider` service of a provider. Source: pulumi proto/pulumi/provider.proto. */
export function resourceProvider<Client>(
  provider: Provider<Client>,
  { log, cancellation }: Surroundings,
): grpc.UntypedServiceImplementation {
  let configured: { client: Client } | undefined;

  const client = (): Client => {
    if (!configured) throw new Error(`provider ${provider.name}: used before it was configured`);
    return configured.client;
  };

  const target = (request: ResourceRequest): { resource: ResourceType<Client>; context: Context<Client> } => {
    // Type and name are also the last two parts of the URN; older engines send only that.
    const [type = "", name = ""] = request.getUrn().split("::").slice(-2);
    const token = request.getType() || type.split("$").at(-1)!;
    const resource = provider.resources[token];
    if (!resource)
      throw unimplemented(`provider ${provider.name}: resource type ${token}`, Object.keys(provider.resources));
    const urn = request.getUrn();
    return {
      resource,
      context: {
        client: client(),
        urn,
        name: request.getName() || name,
        type: token,
        timeoutSeconds: request.getTimeout?.() || undefined,
        signal: cancellation.signal,
        log: (severity, message) => log.write(severity, urn, message),
      },
    };
  };

  /** All outputs as a message, secret where they repeat or derive from a secret input. */
  const outputs = (resource: ResourceType<Client>, props: Props, ...marked: Props[]) => {
    const derived = Object.entries(resource.derivedSecrets ?? {})
      .filter(([, sources]) => sources.some((source) => marked.some((values) => holdsSecret(values[source]))))
      .map(([output]) => output);
    return toStruct(markKeys(marked.reduce(markSecrets, props), derived));
  };

  const answer = <Request, Response>(
    handle: (request: Request) => Promise<Response>,
  ): grpc.handleUnaryCall<Request, Response> => {
    return (call, callback) => {
      handle(call.request)
        .finally(() => log.flushed())
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(asStatus(error)),
        );
    };
  };

  return {
    getPluginInfo: answer(async () => new plugin.PluginInfo().setVersion(provider.version)),
    getSchema: answer(async () =>
      new proto.GetSchemaResponse().setSchema(JSON.stringify({ name: provider.name, version: provider.version })),
    ),

    configure: answer(async (request: proto.ConfigureRequest) => {
      const { version: _, ...config } = decodeConfig(fromStruct(request.getArgs()));
      configured = { client: await provider.configure(config) };
      return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(false);
    }),

    invoke: answer(async (request: proto.InvokeRequest) => {
      const token = request.getTok();
      const call = provider.functions?.[token];
      if (!call)
        throw unimplemented(`provider ${provider.name}: function ${token}`, Object.keys(provider.functions ?? {}));
      return new proto.InvokeResponse().setReturn(toStruct(await call(client(), revealed(request.getArgs()))));
    }),

    check: answer(async (request: proto.CheckRequest) => {
      const { resource, context } = target(request);
      const marked = fromStruct(request.getNews());
      const inputs = reveal(marked) as Props;
      const old = request.hasOlds() ? revealed(request.getOlds()) : undefined;
      const result = (await resource.check?.(context, inputs, old)) ?? { inputs };
      const failures = (result.failures ?? []).map((f) =>
        new proto.CheckFailure().setProperty(f.property).setReason(f.reason),
      );
      return new proto.CheckResponse()
        .setInputs(toStruct(markSecrets(result.inputs, marked)))
        .setFailuresList(failures);
    }),

    diff: answer(async (request: proto.DiffRequest) => {
      const { resource, context } = target(request);
      const old = { id: request.getId(), props: revealed(request.getOlds()), inputs: revealed(request.getOldInputs()) };
      const ignored = new Set(request.getIgnorechangesList());
      const inputs = revealed(request.getNews());
      const diff = resource.diff ? await resource.diff(context, old, inputs) : compare(old.inputs, inputs);
      return diffResponse({
        ...diff,
        changed: Object.fromEntries(Object.entries(diff.changed).filter(([key]) => !ignored.has(key))),
      });
    }),

    create: answer(async (request: proto.CreateRequest) => {
      const { resource, context } = target(request);
      const marked = fromStruct(request.getProperties());
      const toOutputs = (props: Props) => outputs(resource, props, marked);
      const created = await partially(toOutputs, marked, () => resource.create(context, reveal(marked) as Props));
      return new proto.CreateResponse().setId(created.id).setProperties(toOutputs(created.props));
    }),

    read: answer(async (request: proto.ReadRequest) => {
      const { resource, context } = target(request);
      // An import sends neither properties nor inputs.
      const markedProps = fromStruct(request.getProperties());
      const markedInputs = fromStruct(request.getInputs());
      const known = { id: request.getId(), props: reveal(markedProps) as Props, inputs: reveal(markedInputs) as Props };
      const live = await resource.read(context, known);
      if (!live) return new proto.ReadResponse();
      return new proto.ReadResponse()
        .setId(live.id)
        .setProperties(outputs(resource, live.props, markedInputs, markedProps))
        .setInputs(toStruct(markSecrets(live.inputs, markedInputs)));
    }),

    update: answer(async (request: proto.UpdateRequest) => {
      const { resource, context } = target(request);
      if (!resource.update)
        throw new Error(
          `${context.type} cannot be changed in place; fix: report this as a fault of the stand-in's diff`,
        );
      const old = { id: request.getId(), props: revealed(request.getOlds()), inputs: revealed(request.getOldInputs()) };
      const marked = fromStruct(request.getNews());
      const toOutputs = (props: Props) => outputs(resource, props, marked);
      const props = await partially(toOutputs, marked, () => resource.update!(context, old, reveal(marked) as Props));
      return new proto.UpdateResponse().setProperties(toOutputs(props));
    }),

    delete: answer(async (request: proto.DeleteRequest) => {
      const { resource, context } = target(request);
      await resource.delete(context, {
        id: request.getId(),
        props: revealed(request.getProperties()),
        inputs: revealed(request.getOldInputs()),
      });
      return new Empty();
    }),

    cancel: answer(async () => {
      cancellation.abort(new Error("cancelled by the engine"));
      return new Empty();
    }),

    ...Object.fromEntries(
      notServed.map((method) => [method, answer(async () => Promise.reject(unimplemented(method)))]),
    ),
  };
}

/** The engine has its own way of going on without each of these. `list` is answered by gRPC itself. */
const notServed = [
  "handshake",
  "parameterize",
  "checkConfig",
  "diffConfig",
  "call",
  "construct",
  "attach",
  "getMapping",
  "getMappings",
];

const revealed = (struct: Parameters<typeof fromStruct>[0]): Props => reveal(fromStruct(struct)) as Props;

class Unimplemented extends Error {}

const unimplemented = (what: string, implemented: readonly string[] = []) =>
  new Unimplemented(
    `501 not implemented by the stand-in: ${what}${implemented.length ? `; implemented: ${implemented.join(", ")}` : ""}`,
  );

const kinds: Record<DiffKind, [inPlace: proto.PropertyDiff.Kind, replace: proto.PropertyDiff.Kind]> = {
  add: [proto.PropertyDiff.Kind.ADD, proto.PropertyDiff.Kind.ADD_REPLACE],
  delete: [proto.PropertyDiff.Kind.DELETE, proto.PropertyDiff.Kind.DELETE_REPLACE],
  update: [proto.PropertyDiff.Kind.UPDATE, proto.PropertyDiff.Kind.UPDATE_REPLACE],
};

function diffResponse(diff: DiffResult): proto.DiffResponse {
  const entries = Object.entries(diff.changed);
  const replaces = entries.filter(([, change]) => change.replace).map(([key]) => key);
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(hasChanges(diff) ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(entries.map(([key]) => key))
    .setReplacesList(replaces)
    .setDeletebeforereplace(replaces.length > 0 && (diff.deleteBeforeReplace ?? false))
    .setHasdetaileddiff(true);
  for (const [key, { kind, replace }] of entries) {
    response
      .getDetaileddiffMap()
      .set(key, new proto.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]).setInputdiff(true));
  }
  return response;
}

/** A partial failure as it goes to the engine: with the state to keep. */
class InitFailed extends Error {
  constructor(
    readonly detail: proto.ErrorResourceInitFailed,
    message: string,
  ) {
    super(message);
  }
}

async function partially<T>(
  toOutputs: (props: Props) => ReturnType<typeof toStruct>,
  marked: Props,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    const detail = new proto.ErrorResourceInitFailed()
      .setId(error.id)
      .setProperties(toOutputs(error.props))
      .setInputs(toStruct(markSecrets(error.inputs, marked)))
      .setReasonsList([error.message]);
    throw new InitFailed(detail, error.message);
  }
}

/** An error as gRPC's status; its message is what the user reads. */
function asStatus(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Unimplemented) return { code: grpc.status.UNIMPLEMENTED, details: message };
  if (!(error instanceof InitFailed)) return { code: grpc.status.UNKNOWN, details: message };
  const packed = new Any();
  packed.pack(error.detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const metadata = new grpc.Metadata();
  // The trailer that Go's gRPC reads structured errors from.
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
