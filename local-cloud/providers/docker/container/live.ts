import type Docker from "dockerode";
import { isDeepStrictEqual } from "node:util";
import type { Props } from "../../provider";
import { sorted } from "../api";
import { containerBody } from "./body";
import { sets } from "./inputs";

const mebibyte = 1024 * 1024;

/**
 * The last inputs, with what differs in the live container. As the real plugin: environment, labels, volumes, uploads and
 * networks are not looked at, what the program left to the engine is not compared, a container that should run and
 * does not has `mustRun: false`, and a swap limit that the engine chose counts as drift.
 */
export function liveInputs(known: Props, live: Docker.ContainerInspectInfo): Props {
  const found = settings(known, live);
  const imported = known["image"] === undefined;
  if (imported) return { name: found["name"], image: found["image"] };
  const watched = ["memorySwap", ...Object.keys(known)];
  const drifted = watched.filter((key) => key in found && !sameSetting(key, known[key], found[key]));
  const inputs = { ...known, ...Object.fromEntries(drifted.map((key) => [key, found[key]])) };
  const stopped = !live.State.Running && known["mustRun"] !== false;
  return stopped ? { ...inputs, mustRun: false } : inputs;
}

/** Whether two values of an input make the same container. */
export function sameSetting(key: string, before: unknown, after: unknown): boolean {
  const meaning = (given: unknown) => {
    const value = sets.includes(key) ? sorted(given) : given;
    // The engine gets files by a call of their own, after the container's body.
    return key === "uploads" ? value : containerBody({ [key]: value });
  };
  return isDeepStrictEqual(normal(meaning(before)), normal(meaning(after)));
}

/** The engine's answers do not tell an empty list, an empty object, zero and nothing apart. */
function normal(value: unknown): unknown {
  if (value === null || value === "" || value === 0 || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(normal);
  if (typeof value !== "object") return value;
  const entries = Object.entries(value as Props)
    .map(([key, v]) => [key, normal(v)] as const)
    .filter(([, v]) => v !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The live container in the words of the inputs. */
function settings(known: Props, { Name, Image, Config, HostConfig, State }: Docker.ContainerInspectInfo): Props {
  const inMebibytes = (bytes: number | undefined) =>
    bytes !== undefined && bytes > 0 ? Math.trunc(bytes / mebibyte) : bytes;
  const health = Config.Healthcheck;
  // dockerode's types leave these out.
  const stop = Config as { StopSignal?: string; StopTimeout?: number };
  return {
    name: Name.replace(/^\//, ""),
    image: String(known["image"]).startsWith("sha256:") ? Image : Config.Image,
    hostname: Config.Hostname,
    user: Config.User,
    workingDir: Config.WorkingDir,
    command: Config.Cmd,
    entrypoints: typeof Config.Entrypoint === "string" ? [Config.Entrypoint] : Config.Entrypoint,
    stopSignal: stop.StopSignal,
    stopTimeout: stop.StopTimeout,
    healthcheck: health && {
      tests: health.Test,
      interval: `${health.Interval ?? 0}ns`,
      timeout: `${health.Timeout ?? 0}ns`,
      startPeriod: `${health.StartPeriod ?? 0}ns`,
      retries: health.Retries ?? 0,
    },
    restart: HostConfig.RestartPolicy?.Name,
    maxRetryCount: HostConfig.RestartPolicy?.MaximumRetryCount,
    memory: inMebibytes(HostConfig.Memory),
    memoryReservation: inMebibytes(HostConfig.MemoryReservation),
    memorySwap: inMebibytes(HostConfig.MemorySwap),
    cpuShares: HostConfig.CpuShares,
    cpuSet: HostConfig.CpusetCpus,
    cpus: HostConfig.NanoCpus ? String(HostConfig.NanoCpus / 1e9) : undefined,
    shmSize: inMebibytes(HostConfig.ShmSize),
    networkMode: HostConfig.NetworkMode,
    privileged: HostConfig.Privileged,
    readOnly: HostConfig.ReadonlyRootfs,
    init: HostConfig.Init ?? false,
    capabilities: { adds: HostConfig.CapAdd, drops: HostConfig.CapDrop },
    securityOpts: HostConfig.SecurityOpt,
    sysctls: HostConfig.Sysctls,
    tmpfs: HostConfig.Tmpfs,
    dns: HostConfig.Dns,
    hosts: HostConfig.ExtraHosts?.map((entry: string) => ({
      host: entry.slice(0, entry.indexOf(":")),
      ip: entry.slice(entry.indexOf(":") + 1),
    })),
    logDriver: HostConfig.LogConfig?.Type,
    logOpts: HostConfig.LogConfig?.Config,
    ulimits: HostConfig.Ulimits?.map(({ Name: name, Soft: soft, Hard: hard }: Props) => ({ name, soft, hard })),
    // A stopped container has no ports.
    ...(State.Running && { ports: ports(HostConfig.PortBindings) }),
  };
}

function ports(bindings: Docker.PortMap | undefined): Props[] {
  return Object.entries(bindings ?? {}).flatMap(([key, hosts]) => {
    const [internal, protocol] = key.split("/");
    return (hosts as { HostIp?: string; HostPort?: string }[]).map(({ HostIp, HostPort }) => ({
      internal: Number(internal),
      protocol,
      ip: HostIp || "0.0.0.0",
      ...(HostPort && { external: Number(HostPort) }),
    }));
  });
}

/** All outputs: the inputs, and what the engine decided. */
export function containerOutputs(inputs: Props, live: Docker.ContainerInspectInfo): Props {
  return {
    ...inputs,
    name: live.Name.replace(/^\//, ""),
    hostname: inputs["hostname"] ?? live.Config.Hostname,
    bridge: (live.NetworkSettings as { Bridge?: string }).Bridge ?? "",
    exitCode: live.State.ExitCode,
    networkDatas: Object.entries(live.NetworkSettings.Networks).map(([networkName, network]) => ({
      networkName,
      ipAddress: network.IPAddress,
      ipPrefixLength: network.IPPrefixLen,
      gateway: network.Gateway,
      globalIpv6Address: network.GlobalIPv6Address,
      globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
      ipv6Gateway: network.IPv6Gateway,
      macAddress: network.MacAddress,
    })),
  };
}
