import { Secret, UNKNOWN } from "../../../policy/core/model";
import { types } from "../../../policy/core/types";
import { context, later, resource, type Case, type Inputs } from "../fixtures";

const any = (inputs: Inputs) => ({ resources: [resource(types.bucket, "b", inputs)] });
const command = (inputs: Inputs) => ({ resources: [resource(types.remoteCommand, "c", inputs)] });
const configured = context({ settings: { secrets: ["correct horse battery"] } });
// Put together here, so that no scanner of this repository takes an example for a key.
const awsKey = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const vaultToken = ["hvs.", "CAESIJ0123456789abcdefghij"].join("");
const random = "q7Xv2Lk9TzR4bN8wYc3JmHfP6sGdA1eU";

const clearSays = (property: string, what: string) => [
  `aws.s3.Bucket b, ${property}: received "${what}"; allowed: secrets marked as such; fix: wrap it in pulumi.secret, or take it from config.requireSecret`,
];

export const secretCases: Record<string, Case> = {
  "secrets-clear-inputs": {
    compliant: [
      any({ password: new Secret(random), nested: { list: [new Secret({ key: awsKey })] } }),
      any({
        key: `ssh-ed25519 ${random.repeat(2)}`,
        image: `a@sha256:${"0123456789abcdef".repeat(4)}`,
        note: "The quick brown fox jumps over the lazy dog",
      }),
      { ...any({ a: new Secret("correct horse battery") }), context: configured },
    ],
    violating: [
      { ...any({ tags: { key: awsKey } }), says: clearSays("tags.key", "an AWS access key id") },
      { ...any({ list: [{ token: vaultToken }] }), says: clearSays("list[0].token", "a Vault token") },
      { ...any({ password: random }), says: clearSays("password", "a random text, as keys and passwords are") },
      { ...any({ url: "https://user:pass@host/" }), says: clearSays("url", "a password in a URL") },
      { ...any({ pem: "-----BEGIN OPENSSH PRIVATE KEY-----\n" }), says: clearSays("pem", "a private key") },
      {
        ...any({ a: "x correct horse battery y" }),
        context: configured,
        says: clearSays("a", "a secret of the configuration"),
      },
    ],
    unknown: {
      ...any({ tags: { key: awsKey, other: UNKNOWN } }),
      says: [...clearSays("tags.key", "an AWS access key id"), later("aws.s3.Bucket b", "tags.other")],
    },
  },
  "secrets-command-line": {
    compliant: [command({ create: "docker run --rm agent restore", stdin: new Secret(awsKey) })],
    violating: [
      {
        ...command({ create: `login ${vaultToken}` }),
        says: [
          'command.remote.Command c, create: received "a Vault token"; allowed: nothing secret; fix: pass it by stdin',
        ],
      },
      {
        ...command({ create: new Secret("x") }),
        says: [
          'command.remote.Command c, create: received "a command line marked secret"; allowed: nothing secret; fix: pass it by stdin',
        ],
      },
      {
        ...command({ create: "true", delete: "login correct horse battery" }),
        context: configured,
        says: [
          'command.remote.Command c, delete: received "a secret of the configuration"; allowed: nothing secret; fix: pass it by stdin',
        ],
      },
    ],
    unknown: { ...command({ create: UNKNOWN }), says: [later("command.remote.Command c", "create")] },
  },
  "secrets-command-logging": {
    compliant: [command({ stdin: new Secret("x"), logging: "none" }), command({})],
    violating: [
      {
        ...command({ stdin: new Secret("x") }),
        says: ['command.remote.Command c, logging: received nothing; allowed: "none"; fix: set logging: "none"'],
      },
    ],
    unknown: { ...command({ stdin: UNKNOWN, logging: UNKNOWN }), says: [later("command.remote.Command c", "logging")] },
  },
};
