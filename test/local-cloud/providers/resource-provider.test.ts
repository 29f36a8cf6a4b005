import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EngineLog } from "../../../local-cloud/providers/engine-log";
import { PartialFailure, type Props, type Provider } from "../../../local-cloud/providers/provider";
import { resourceProvider } from "../../../local-cloud/providers/resource-provider";

const type = "try:index:Thing";
const urn = `urn:pulumi:dev::project::${type}::one`;
const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
const struct = (values: Props) => Struct.fromJavaScript(values as Record<string, never>);

let seen: unknown[];
let server: grpc.Server;
let client: ResourceProviderClient;

const provider: Provider<Props> = {
  name: "try",
  version: "1.0.0",
  configure: (config) => config,
  resources: {
    [type]: {
      derivedSecrets: { output: ["command"] },
      async create(context, inputs) {
        seen.push(context.client, context.name, inputs);
        if (inputs["fail"]) throw new PartialFailure("half", { ...inputs, state: "broken" }, inputs, "it broke");
        return { id: "new", props: { ...inputs, output: "of the command", missing: undefined } };
      },
      async read(_context, known) {
        seen.push(known);
        return known.id === "gone" ? undefined : { id: known.id, props: { found: true }, inputs: { content: "live" } };
      },
      async delete() {},
    },
  },
};

/** One call, as a promise. */
const call = <Request, Response>(
  method: (request: Request, callback: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
  request: Request,
) =>
  new Promise<Response>((resolve, reject) => {
    method.call(client, request, (error: grpc.ServiceError | null, response: Response) =>
      error ? reject(error) : resolve(response),
    );
  });

const configure = (config: Props) =>
  call<proto.ConfigureRequest, proto.ConfigureResponse>(
    client.configure,
    new proto.ConfigureRequest().setArgs(struct(config)),
  );
const create = (inputs: Props) =>
  call<proto.CreateRequest, proto.CreateResponse>(
    client.create,
    new proto.CreateRequest().setUrn(urn).setType(type).setName("one").setProperties(struct(inputs)),
  );

beforeEach(async () => {
  seen = [];
  server = new grpc.Server();
  server.addService(
    ResourceProviderService,
    resourceProvider(provider, { log: new EngineLog(undefined), cancellation: new AbortController() }),
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
});

afterEach(() => {
  client.close();
  server.forceShutdown();
});

it("gives the provider its configuration unwrapped and parsed, but no token for a number", async () => {
  await configure({ version: "1.0.0", token: secret("123456"), list: '["-i","key"]', flag: "true" });
  await create({});
  expect(seen[0]).toEqual({ token: "123456", list: ["-i", "key"], flag: true });
});

it("unwraps secrets for the provider, and marks outputs that repeat or derive from them", async () => {
  await configure({});
  const response = await create({
    uploads: [{ content: secret("s") }],
    nested: { plain: 1, hidden: secret(2) },
    command: secret("c"),
    open: "o",
  });
  expect(seen.slice(1)).toEqual([
    "one",
    { uploads: [{ content: "s" }], nested: { plain: 1, hidden: 2 }, command: "c", open: "o" },
  ]);
  expect(response.getProperties()!.toJavaScript()).toEqual({
    uploads: secret([{ content: "s" }]),
    nested: { plain: 1, hidden: secret(2) },
    command: secret("c"),
    open: "o",
    output: secret("of the command"),
  });
});

it("answers an import: a Read with nothing but an id", async () => {
  await configure({});
  const request = (id: string) =>
    call<proto.ReadRequest, proto.ReadResponse>(
      client.read,
      new proto.ReadRequest().setId(id).setUrn(urn).setType(type),
    );
  const response = await request("zone/record");
  expect(seen).toEqual([{ id: "zone/record", props: {}, inputs: {} }]);
  expect([response.getId(), response.getInputs()!.toJavaScript()]).toEqual(["zone/record", { content: "live" }]);
  expect((await request("gone")).getId()).toBe("");
});

it("hands a half-made resource to the engine together with the error", async () => {
  await configure({});
  const error = await create({ fail: true }).then(
    () => expect.fail("created"),
    (e: grpc.ServiceError) => e,
  );
  expect(error.details).toBe("it broke");
  const trailer = error.metadata.get("grpc-status-details-bin")[0] as Buffer;
  expect(trailer.toString("latin1")).toContain("pulumirpc.ErrorResourceInitFailed");
  expect(trailer.toString("latin1")).toContain("half");
});

it("compares inputs by itself, honours ignored changes, and says which properties changed", async () => {
  await configure({});
  const request = new proto.DiffRequest()
    .setId("x")
    .setUrn(urn)
    .setType(type)
    .setOlds(struct({}))
    .setOldInputs(struct({ a: 1, b: 1 }));
  const response = await call<proto.DiffRequest, proto.DiffResponse>(
    client.diff,
    request.setNews(struct({ a: 2, b: 2 })).setIgnorechangesList(["b"]),
  );
  expect([response.getChanges(), response.getDiffsList(), response.getReplacesList()]).toEqual([
    proto.DiffResponse.DiffChanges.DIFF_SOME,
    ["a"],
    [],
  ]);
});

it("answers 501 for a type, a function and a method that it does not have", async () => {
  await configure({});
  const unimplemented = (what: string) =>
    expect.objectContaining({
      code: grpc.status.UNIMPLEMENTED,
      details: expect.stringContaining(`501 not implemented by the stand-in: ${what}`),
    });
  const other = new proto.CreateRequest().setUrn(urn).setType("try:index:Other").setProperties(struct({}));
  await expect(call(client.create, other)).rejects.toEqual(
    unimplemented("provider try: resource type try:index:Other; implemented: try:index:Thing"),
  );
  await expect(call(client.invoke, new proto.InvokeRequest().setTok("try:index:get"))).rejects.toEqual(
    unimplemented("provider try: function try:index:get"),
  );
  await expect(call(client.construct, new proto.ConstructRequest())).rejects.toEqual(unimplemented("construct"));
});
