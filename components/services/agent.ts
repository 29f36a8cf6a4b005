import type * as pulumi from "@pulumi/pulumi";
import type { ModuleTarget } from "../../contracts/freshness";
import type { RansomwareWatch } from "../../contracts/ransomware";
import { effectiveRpo, fileSets, longestRpo } from "../../plan/graph";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { postgresPaths } from "../../contracts/pgbackrest";
import type { ContainerMount, ContainerSpec } from "./spec";

/** Folder of the agent in which it sees a file set. */
export const setPath = (set: string): string => `/sets/${set}`;

/** The services' file sets that are folders on disk (Vault's is a snapshot, taken through its API). */
export const folderSets = (): string[] => fileSets(plan).flatMap((f) => (f.kind === "files" ? [f.set] : []));

/** Where a recovery puts the configuration of the host that was lost: beside the new host's own, for reading. */
export const previousHostFolder = "previous-host";

/** The set that is restored into a data folder: mostly of the same name. */
export const setOfFolder = (folder: string): string =>
  folder === "vault-snapshot" ? "vault" : folder === previousHostFolder ? plan.host.set : folder;

/** What is held to an RPO: every service that keeps data, and the host's configuration. Where the plan states none, nor any that waits for it, the plan's longest holds. */
export function moduleTargets(): ModuleTarget[] {
  const services = plan.services
    .map(({ name, backup }) => ({
      module: name,
      rpoSeconds: effectiveRpo(plan, name) ?? longestRpo(plan),
      database: backup.some(({ kind }) => kind === "database" || kind === "cluster"),
      fileSets: backup.flatMap((b) => (b.kind === "files" || b.kind === "raft-snapshot" ? [b.set] : [])),
    }))
    .filter(({ database, fileSets }) => database || fileSets.length > 0);
  return [...services, { module: plan.host.set, rpoSeconds: longestRpo(plan), database: false, fileSets: [plan.host.set] }];
}

/** What the agent takes for an attack, as the plan says. */
export function ransomwareLimits(): RansomwareWatch {
  const { sampleFiles, randomness, files, share, window } = plan.ransomware;
  return { sampleFiles, randomness, files, share, windowSeconds: seconds(window) };
}

/** What the gate sees of the host: the cluster's data and socket, and every service's file set, read-only. */
export function gateMounts(): ContainerMount[] {
  return [
    { set: "postgres", path: postgresPaths.dataDir, readOnly: true },
    { set: "postgres-run", path: postgresPaths.socketDir },
    ...folderSets().map((set) => ({ set, path: setPath(set), readOnly: true })),
  ];
}

/** The backup agent: root, to read every owner's files, with the one capability that this takes. */
export function agent(args: { config: pulumi.Input<string>; secrets: pulumi.Input<string>; hosts?: string[] }): ContainerSpec {
  return {
    name: "agent",
    command: ["tini", "--", "agent", "run"],
    env: {},
    secretEnv: {},
    files: [
      { path: "/etc/smarteros/agent.json", content: args.config },
      { path: "/run/secrets/agent.json", content: args.secrets, mode: "0400" },
    ],
    mounts: [...gateMounts(), { set: plan.host.set, path: setPath(plan.host.set), readOnly: true }, { set: "agent", path: "/var/lib/smarteros-agent" }],
    health: ["CMD", "agent", "health"],
    // A process of Node's own each time: every three seconds they would take more than the backups do.
    healthEverySeconds: 10,
    memoryMiB: 512,
    capabilities: ["DAC_READ_SEARCH"],
    startSeconds: 600,
    stopSeconds: 30,
  };
}
