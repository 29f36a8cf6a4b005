import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type * as docker from "@pulumi/docker";
import { dataRoot, type HostConnection } from "./host/connection";
import { quote } from "./host/scripts";
import type { ContainerMount } from "./services/spec";

export interface AgentCommandArgs {
  readonly host: HostConnection;
  readonly agentImage: pulumi.Input<string>;
  readonly network: docker.Network;
  /** Sub-command of the agent. */
  readonly run: "gate" | "vault-restore" | "vault-init";
  /** Its input, as JSON on stdin; secret. */
  readonly input: pulumi.Output<unknown>;
  readonly mounts: readonly ContainerMount[];
  /** True when its output holds secrets. @default false */
  readonly secretOutput?: boolean;
  /** An exit code that is an answer too, and no failure. @default none */
  readonly alsoExit?: number;
  /** An exit code after which a script mends something on the host, and, if it could, the sub-command runs once more. @default none */
  readonly mend?: Mend;
  readonly dependsOn: readonly pulumi.Resource[];
}

/** @see AgentCommandArgs.mend */
export interface Mend {
  readonly exit: number;
  readonly script: string;
}

/** Runs one sub-command of the backup agent once, inside the site's network, with its input on stdin. */
export function agentCommand(name: string, args: AgentCommandArgs, parent: pulumi.Resource): command.remote.Command {
  return new command.remote.Command(
    name,
    {
      connection: args.host.connection,
      create: pulumi.all([args.agentImage, args.network.name]).apply(([image, network]) => agentScript(args.run, image, network, args.mounts, args)),
      stdin: pulumi.secret(args.input.apply((input) => JSON.stringify(input))),
      logging: "none",
    },
    {
      parent,
      dependsOn: [...args.dependsOn],
      deletedWith: args.host.machine,
      ignoreChanges: ["create", "stdin", "connection", "triggers"],
      ...(args.secretOutput ? { additionalSecretOutputs: ["stdout"] } : {}),
    },
  );
}

/** The command line; nothing secret is on it. */
export function agentScript(run: string, image: string, network: string, mounts: readonly ContainerMount[], { alsoExit, mend }: Pick<AgentCommandArgs, "alsoExit" | "mend"> = {}): string {
  const container = `smarteros-${run}`;
  const volumes = mounts.map((m) => `--volume ${quote(`${dataRoot}/${m.set}:${m.path}${m.readOnly ? ":ro" : ""}`)}`).join(" ");
  const clear = `docker rm --force ${container} >/dev/null 2>&1 || true`;
  const start = `docker run --rm --interactive --name ${container} --log-driver none --network ${quote(network)} --cap-drop ALL --cap-add DAC_READ_SEARCH --security-opt no-new-privileges --user 0:0 ${volumes} ${quote(image)} ${run}`;
  if (mend) {
    // The input is wanted twice, and stays in the shell's memory: printf is the shell's own.
    const again = `${clear}; printf %s "$input" | ${start}`;
    return `input=$(cat); { ${again}; } && exit 0; code=$?; [ $code -eq ${mend.exit} ] || exit $code; { ${mend.script}; } >&2 || exit $code; ${again}`;
  }
  return alsoExit === undefined ? `${clear}; exec ${start}` : `${clear}; ${start} || [ $? -eq ${alsoExit} ]`;
}
