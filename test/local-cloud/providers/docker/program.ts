import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

// A site in small, as docker.e2e.test.ts varies it by its configuration.
const config = new pulumi.Config();
const memory = config.getNumber("memory") ?? 64;

const provider = new docker.Provider("host", { host: config.require("host"), sshOpts: ["-i", "/path/to/key"] });
const opts = { provider };
const network = new docker.Network("network", { name: "site" }, opts);
const volume = new docker.Volume(
  "volume",
  { name: "data", driver: "local", driverOpts: { type: "none", o: "bind", device: config.require("dataDir") } },
  opts,
);
const image = new docker.RemoteImage("image", { name: "tiny:1", keepLocally: true }, opts);
const web = new docker.Container(
  "web",
  {
    name: "web",
    hostname: "web",
    image: image.imageId,
    entrypoints: ["/bin/sh", "-c"],
    command: [config.get("command") ?? "cat /run/secrets/web.env >/data/copied; echo started; exec sleep 1000"],
    envs: ["A=1"],
    networkMode: "bridge",
    networksAdvanced: [{ name: network.name, aliases: ["www"] }],
    restart: "on-failure",
    maxRetryCount: 1,
    memory,
    memorySwap: 2 * memory,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    logDriver: "json-file",
    logOpts: { "max-size": "1m", "max-file": "2" },
    healthcheck: { tests: ["CMD", "grep", "-q", "secret", "/data/copied"], interval: "1s", timeout: "1s", retries: 2 },
    volumes: [{ volumeName: volume.name, containerPath: "/data" }],
    uploads: [{ file: "/run/secrets/web.env", content: config.requireSecret("upload"), permissions: "0400" }],
    labels: [{ label: "site", value: "one" }],
    mustRun: true,
    wait: true,
    waitTimeout: 20,
    destroyGraceSeconds: 1,
    ...config.getObject<object>("more"),
  },
  opts,
);

export const id = web.id;
export const imageId = image.imageId;
export const networkName = web.networkDatas[0]!.networkName;
