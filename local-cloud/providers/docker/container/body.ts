import type Docker from "dockerode";
import type { Props } from "../../provider";
import { labelMap } from "../api";
import { goDuration } from "./duration";

const mebibyte = 1024 * 1024;

/** The engine's `POST /containers/create` for the inputs. Networks are connected afterwards, as the real plugin does it. */
export function containerBody(inputs: Props): Docker.ContainerCreateOptions {
  const { labels, ports, volumes, healthcheck } = inputs;
  return defined({
    name: inputs["name"],
    Image: inputs["image"],
    Hostname: inputs["hostname"],
    User: inputs["user"],
    WorkingDir: inputs["workingDir"],
    Env: inputs["envs"],
    Cmd: inputs["command"],
    Entrypoint: inputs["entrypoints"],
    Labels: labels && labelMap(labels),
    StopSignal: inputs["stopSignal"],
    StopTimeout: inputs["stopTimeout"],
    ExposedPorts: ports && Object.fromEntries((ports as Props[]).map((port) => [portKey(port), {}])),
    Volumes: volumes && anonymousVolumes(volumes),
    Healthcheck: healthcheck && healthcheckBody(healthcheck),
    HostConfig: hostConfig(inputs),
  });
}

/** The engine's `POST /containers/ID/update` for the inputs. */
export function updateBody(inputs: Props): Props {
  return { ...resources(inputs), RestartPolicy: restartPolicy(inputs) };
}

function hostConfig(inputs: Props): Docker.HostConfig {
  const { capabilities, cpus, hosts, logDriver, logOpts, mounts, ports, shmSize, ulimits, volumes } = inputs;
  return defined({
    ...resources(inputs),
    NanoCpus: cpus === undefined ? undefined : Math.round(Number(cpus) * 1e9),
    ShmSize: shmSize === undefined ? undefined : shmSize * mebibyte,
    RestartPolicy: restartPolicy(inputs),
    NetworkMode: inputs["networkMode"] ?? "bridge",
    Privileged: inputs["privileged"],
    ReadonlyRootfs: inputs["readOnly"],
    Init: inputs["init"] ?? false,
    CapAdd: capabilities?.adds,
    CapDrop: capabilities?.drops,
    SecurityOpt: inputs["securityOpts"],
    GroupAdd: inputs["groupAdds"],
    Sysctls: inputs["sysctls"],
    Tmpfs: inputs["tmpfs"],
    Dns: inputs["dns"],
    ExtraHosts: (hosts as Props[] | undefined)?.map(({ host, ip }) => `${host}:${ip}`),
    LogConfig: logDriver || logOpts ? { Type: logDriver ?? "", Config: logOpts ?? {} } : undefined,
    Ulimits: (ulimits as Props[] | undefined)?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    PortBindings: ports && portBindings(ports),
    Binds: volumes && binds(volumes),
    Mounts: (mounts as Props[] | undefined)?.map(({ target, source, type, readOnly, volumeOptions }) =>
      defined({
        Target: target,
        Source: source ?? "",
        Type: type,
        ReadOnly: readOnly ?? false,
        VolumeOptions: volumeOptions && { NoCopy: volumeOptions["noCopy"] ?? false },
      }),
    ),
  });
}

/** Limits that can be changed while the container runs. Memory is given in MiB; a swap of -1 is unlimited. */
function resources({ memory, memoryReservation, memorySwap, cpuShares, cpuSet }: Props) {
  return defined({
    Memory: memory === undefined ? undefined : memory * mebibyte,
    MemoryReservation: memoryReservation === undefined ? undefined : memoryReservation * mebibyte,
    MemorySwap: memorySwap === undefined ? undefined : memorySwap > 0 ? memorySwap * mebibyte : memorySwap,
    CpuShares: cpuShares,
    CpusetCpus: cpuSet,
  });
}

const restartPolicy = ({ restart = "no", maxRetryCount = 0 }: Props) => ({
  Name: restart,
  MaximumRetryCount: maxRetryCount,
});

function healthcheckBody({
  tests,
  interval = "0s",
  timeout = "0s",
  startPeriod = "0s",
  retries = 0,
}: Props): Docker.HealthConfig {
  return {
    Test: tests,
    Interval: goDuration(interval)!,
    Timeout: goDuration(timeout)!,
    StartPeriod: goDuration(startPeriod)!,
    Retries: retries,
  };
}

const portKey = ({ internal, protocol = "tcp" }: Props): string => `${internal}/${protocol}`;

function portBindings(ports: readonly Props[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    const { external, ip = "0.0.0.0" } = port;
    (bindings[portKey(port)] ??= []).push({ HostIp: ip, HostPort: external === undefined ? "" : String(external) });
  }
  return bindings;
}

const sourceOf = ({ hostPath, volumeName }: Props): string | undefined => volumeName || hostPath;

/** Named volumes and host paths: "source:target:ro|rw". */
const binds = (volumes: readonly Props[]): string[] =>
  volumes
    .filter(sourceOf)
    .map((volume) => `${sourceOf(volume)}:${volume["containerPath"]}:${volume["readOnly"] ? "ro" : "rw"}`);

const anonymousVolumes = (volumes: readonly Props[]): Record<string, object> =>
  Object.fromEntries(volumes.filter((volume) => !sourceOf(volume)).map(({ containerPath }) => [containerPath, {}]));

/** The object without its undefined values. */
const defined = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
