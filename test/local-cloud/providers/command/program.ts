import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

// Each kind of command, as command.e2e.test.ts varies them by its configuration.
const config = new pulumi.Config();
const connection = {
  host: "127.0.0.1",
  port: config.requireNumber("port"),
  user: "root",
  privateKey: config.requireSecret("privateKey"),
  hostKey: config.require("hostKey"),
  dialErrorLimit: config.getNumber("dialErrorLimit") ?? 2,
};
const journal = config.require("journal");

const guarded = new remote.Command("guarded", {
  connection,
  create: config.get("create") ?? `cat >>${journal}; echo made; echo to stderr >&2`,
  update: config.get("update"),
  delete: `echo "deleted after $PULUMI_COMMAND_STDOUT" >>${journal}`,
  stdin: config.getSecret("stdin") ?? pulumi.secret("fed by stdin\n"),
  triggers: [config.get("trigger") ?? "first"],
  environment: config.getObject<Record<string, string>>("environment"),
  logging: remote.Logging.Stderr,
});
const open = new remote.Command("open", { connection, create: "echo $((6 * 7))" }, { dependsOn: guarded });
new remote.CopyToRemote("text", {
  connection,
  source: new pulumi.asset.StringAsset(config.get("text") ?? "one"),
  remotePath: "/made/on/the/way/text",
});
new remote.CopyToRemote("folder", {
  connection,
  source: new pulumi.asset.FileArchive(config.require("folder")),
  remotePath: "/folders",
});
const here = new local.Command("here", {
  create: 'echo "$GREETING"; cat',
  environment: { GREETING: "hello" },
  stdin: "from stdin",
});

export const guardedOutput = guarded.stdout;
export const openOutput = open.stdout;
export const localOutput = here.stdout;
