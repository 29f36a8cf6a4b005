import type * as pulumi from "@pulumi/pulumi";
import { guardFiles, guardPath, guardSet } from "../../contracts/guard";
import type { ContainerSpec } from "./spec";

/**
 * The boot guard: the only container that starts by itself. It asks S3 whether this generation is the newest, and tells the others by a
 * folder that they see read-only (docs/decisions/boot-guard.md).
 */
export function bootGuard(args: { config: pulumi.Input<string>; secrets: pulumi.Input<string> }): ContainerSpec {
  return {
    name: guardSet,
    image: "agent",
    unguarded: true,
    command: [
      "tini",
      "--",
      "agent",
      "--config-file",
      "/etc/smarteros/guard.json",
      "--secrets-file",
      "/run/secrets/guard.json",
      "guard",
    ],
    env: {},
    secretEnv: {},
    files: [
      { path: "/etc/smarteros/guard.json", content: args.config },
      { path: "/run/secrets/guard.json", content: args.secrets, mode: "0400" },
    ],
    mounts: [{ set: guardSet, path: guardPath }],
    health: ["CMD", "test", "-e", `${guardPath}/${guardFiles.beat}`],
    memoryMiB: 192,
    startSeconds: 120,
    stopSeconds: 10,
  };
}
