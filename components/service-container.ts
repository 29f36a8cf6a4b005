import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { dataRoot, type HostConnection } from "./host/connection";
import { guardPath, guardSet } from "../contracts/guard";
import { envFile, envFilePath, guardedEntrypoint, secretsEntrypoint, type ContainerMount, type ContainerSpec } from "./services/spec";
import { healthyCommand, healthyScript, healthySuffix } from "./healthy";
import { removeLeftover } from "./leftovers";

export interface ServiceContainerArgs {
  readonly spec: ContainerSpec;
  readonly host: HostConnection;
  /** Image id on the host, as pulled by digest. */
  readonly image: pulumi.Input<string>;
  /** The site's network; the container is known there by its name. */
  readonly network: docker.Network;
  /** A second network, for the one container that needs a way out where the site's network has none. */
  readonly wayOut?: docker.Network;
  /** Docker volumes by data folder. */
  readonly volumes: ReadonlyMap<string, docker.Volume>;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * One container of the site, hardened: no capability but those it names, no new privileges, bounded memory and logs, health-checked, and
 * waited for. Its secrets are a file that its entrypoint loads; `docker inspect` shows none. It runs only while the boot guard lets it.
 */
export class ServiceContainer extends pulumi.ComponentResource {
  public readonly container: docker.Container;
  /** What depends on it begins when the container is healthy. */
  public readonly healthy: pulumi.Resource;

  constructor(name: string, args: ServiceContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:site:ServiceContainer", name, {}, opts);
    const { spec, host } = args;
    const every = spec.healthEverySeconds ?? 3;
    this.container = new docker.Container(
      name,
      {
        name: spec.name,
        hostname: spec.name,
        image: args.image,
        entrypoints: [...(spec.unguarded ? secretsEntrypoint : guardedEntrypoint)],
        command: [...spec.command],
        ...(spec.workingDir ? { workingDir: spec.workingDir } : {}),
        ...(spec.user ? { user: spec.user } : {}),
        envs: Object.entries(spec.env).map(([key, value]) => pulumi.interpolate`${key}=${value}`),
        uploads: uploads(spec),
        // noCopy: else Docker fills an empty folder with the image's own, and gives it to the image's own user.
        mounts: mountsOf(spec).map((m) => ({ type: "volume", source: volumeOf(args.volumes, m.set).name, target: m.path, readOnly: m.readOnly ?? false, volumeOptions: { noCopy: true } })),
        // networkMode is explicit: left out, each refresh reports it as drift.
        networkMode: "bridge",
        networksAdvanced: [{ name: args.network.name, aliases: [spec.name] }, ...(args.wayOut ? [{ name: args.wayOut.name }] : [])],
        ports: (spec.publish ?? []).map((port) => ({ internal: port, external: port, protocol: "tcp" })),
        capabilities: { drops: ["ALL"], adds: [...(spec.capabilities ?? [])] },
        securityOpts: ["no-new-privileges:true"],
        // Both are given: memory alone shows memorySwap as drift on each refresh.
        memory: spec.memoryMiB,
        memorySwap: spec.memoryMiB * 2,
        // The kernel's bound on processes, counted over all containers of one user: the provider knows no pids limit.
        ulimits: [{ name: "nproc", soft: 4096, hard: 4096 }],
        restart: "unless-stopped",
        logDriver: "json-file",
        logOpts: spec.log ? { "max-size": `${spec.log.megabytes}m`, "max-file": String(spec.log.files), compress: "true" } : { "max-size": "10m", "max-file": "3" },
        healthcheck: { tests: [...spec.health], interval: `${every}s`, timeout: "5s", retries: Math.ceil(30 / every), startPeriod: `${spec.startSeconds}s` },
        // Waited for by `healthy`: the provider's own wait goes on to its end for a container that only restarts, and then names no cause.
        mustRun: true,
        stopTimeout: spec.stopSeconds,
        destroyGraceSeconds: spec.stopSeconds,
        labels: Object.entries({ ...args.labels, "smarteros.service": spec.name }).map(([label, value]) => ({ label, value })),
      },
      {
        parent: this,
        provider: host.docker,
        deleteBeforeReplace: true,
        deletedWith: host.machine,
        additionalSecretOutputs: ["uploads"],
        hooks: { beforeCreate: [removeLeftover(name, host, "container", spec.name, args.labels)] },
      },
    );
    // By the connection as it is now: after the operator's key was replaced the one of the state opens nothing.
    this.healthy = new command.remote.Command(
      `${name}-${healthySuffix}`,
      { connection: host.connection, create: this.container.id.apply(healthyCommand), stdin: healthyScript(spec.name, spec.startSeconds, spec.health), logging: "none" },
      { parent: this, dependsOn: [this.container], deletedWith: host.machine, ignoreChanges: ["stdin"] },
    );
    this.registerOutputs({ id: this.container.id });
  }
}

/** Its own, and the guard's folder where the guard holds it. */
const mountsOf = ({ mounts, unguarded }: ContainerSpec): readonly ContainerMount[] =>
  unguarded ? mounts : [...mounts, { set: guardSet, path: guardPath, readOnly: true }];

/** Files for docker's `uploads`; the secret ones are marked so. */
function uploads(spec: ContainerSpec): docker.types.input.ContainerUpload[] {
  const files = (spec.files ?? []).map((f) => ({ file: f.path, content: pulumi.secret(f.content), permissions: f.mode ?? "0444" }));
  const env = pulumi.secret(pulumi.output({ ...spec.secretEnv }).apply(envFile));
  return [{ file: envFilePath, content: env, permissions: "0444" }, ...files];
}

function volumeOf(volumes: ReadonlyMap<string, docker.Volume>, set: string): docker.Volume {
  const found = volumes.get(set);
  if (!found) throw new Error(`data folder ${set}: no volume; fix: list it in the site's folders`);
  return found;
}

/** A named volume that is a folder below the host's data root: what it holds outlives the container, and Docker's own folders. */
export function dataVolume(set: string, host: HostConnection, parent: pulumi.Resource, protect: boolean): docker.Volume {
  return new docker.Volume(
    `volume-${set}`,
    { name: `smarteros-${set}`, driver: "local", driverOpts: { type: "none", o: "bind", device: `${dataRoot}/${set}` } },
    { parent, provider: host.docker, dependsOn: [host.ready], protect, retainOnDelete: protect, deletedWith: host.machine },
  );
}
