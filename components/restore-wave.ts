import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { RestoreSpec } from "../contracts/agent";
import { postgresPaths } from "../contracts/pgbackrest";
import { dataRoot, type HostConnection } from "./host/connection";
import { quote } from "./host/scripts";
import { setPath } from "./services/agent";

export interface RestoreWaveArgs {
  /** Position in the recovery, from 1. */
  readonly wave: number;
  readonly host: HostConnection;
  /** The backup agent's image on the host. */
  readonly agentImage: pulumi.Input<string>;
  /** What is restored; secret, since it holds keys. */
  readonly spec: pulumi.Input<RestoreSpec>;
  readonly sets: readonly string[];
}

/**
 * Restores one wave of the recovery onto empty data folders, in parallel inside the wave. It runs once: later changes of its inputs do not
 * start it again, and on a folder that holds data the agent refuses. Killed at any moment it can be run again with the same restore id.
 */
export class RestoreWave extends pulumi.ComponentResource {
  /** One JSON line per module, in clear: it names times, counts and bytes. */
  public readonly results: pulumi.Output<string>;
  public readonly done: pulumi.Resource;

  constructor(name: string, args: RestoreWaveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:recovery:RestoreWave", name, {}, opts);
    const run = new command.remote.Command(
      name,
      {
        connection: args.host.connection,
        create: pulumi.output(args.agentImage).apply((image) => restoreScript(`smarteros-restore-${args.wave}`, image, args.sets)),
        stdin: pulumi.secret(pulumi.output(args.spec).apply((spec) => JSON.stringify(spec))),
        logging: "none",
      },
      { parent: this, dependsOn: [args.host.ready], deletedWith: args.host.machine, ignoreChanges: ["create", "stdin", "connection", "triggers"], customTimeouts: { create: "2h" } },
    );
    this.results = run.stdout;
    this.done = run;
    this.registerOutputs({ results: this.results });
  }
}

/** Mount options of a restore: the folders of its sets, writable, at the paths that the spec names. */
const restoreMounts = (sets: readonly string[]): string[] =>
  sets.map((set) => `${dataRoot}/${set}:${set === "postgres" ? postgresPaths.dataDir : setPath(set)}`);

/** Runs `agent restore` on the folders of these sets. */
export const restoreScript = (container: string, image: string, sets: readonly string[]): string =>
  restoringScript(container, image, restoreMounts(sets), "restore");

/**
 * Runs a restoring command of the agent in a container of its own. One that an interrupted run left behind is stopped first, so that two
 * never write to the same folders.
 * @param mounts "host folder:path"
 */
export function restoringScript(container: string, image: string, mounts: readonly string[], run: "restore" | "recover" | "recover --preview"): string {
  const volumes = mounts.map((m) => `--volume ${quote(m)}`).join(" ");
  // The keys with which its server fetches WAL never lie on a disk.
  const memory = "--tmpfs /run/smarteros --tmpfs /run/smarteros-server ";
  return `docker rm --force ${container} >/dev/null 2>&1 || true; exec docker run --rm --interactive --name ${container} ${memory}--log-driver none --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --cap-add SETUID --cap-add SETGID --security-opt no-new-privileges --user 0:0 ${volumes} ${quote(image)} ${run}`;
}
