import { expect, it } from "vitest";
import { containerBody, updateBody } from "../../../../local-cloud/providers/docker/container/body";
import { networkBody } from "../../../../local-cloud/providers/docker/network";
import { volumeBody } from "../../../../local-cloud/providers/docker/volume";

const full = {
  name: "web",
  image: "sha256:abc",
  hostname: "web",
  user: "999",
  workingDir: "/srv",
  envs: ["A=1"],
  command: ["serve"],
  entrypoints: ["/bin/sh"],
  labels: [{ label: "site", value: "one" }],
  stopTimeout: 30,
  networkMode: "bridge",
  restart: "on-failure",
  maxRetryCount: 5,
  memory: 128,
  memorySwap: -1,
  cpus: "0.5",
  init: true,
  readOnly: true,
  capabilities: { adds: ["CHOWN"], drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  tmpfs: { "/tmp": "rw" },
  dns: ["10.0.0.1"],
  hosts: [{ host: "db", ip: "10.0.0.2" }],
  logDriver: "json-file",
  logOpts: { "max-size": "1m" },
  ulimits: [{ name: "nofile", soft: 1, hard: 2 }],
  healthcheck: { tests: ["CMD", "true"], interval: "1m30s", timeout: "500ms", retries: 3 },
  ports: [
    { internal: 80, external: 8080, ip: "127.0.0.1" },
    { internal: 53, protocol: "udp" },
  ],
  volumes: [
    { volumeName: "data", containerPath: "/data" },
    { hostPath: "/etc/x", containerPath: "/x", readOnly: true },
    { containerPath: "/anonymous" },
  ],
  mounts: [{ type: "bind", source: "/a", target: "/b", readOnly: true }],
};

it("writes every input of a container in the engine's words", () => {
  expect(containerBody(full)).toMatchSnapshot();
});

it("leaves to the engine what the program leaves out", () => {
  expect(containerBody({ name: "bare", image: "x" })).toEqual({
    name: "bare",
    Image: "x",
    HostConfig: { NetworkMode: "bridge", Init: false, RestartPolicy: { Name: "no", MaximumRetryCount: 0 } },
  });
});

it("updates only limits and the restart policy", () => {
  expect(updateBody(full)).toEqual({
    Memory: 134217728,
    MemorySwap: -1,
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 5 },
  });
});

it("asks for a network that must not exist yet, and for a volume in a folder", () => {
  const ipamConfigs = [{ subnet: "10.1.0.0/24", gateway: "10.1.0.1" }];
  expect(networkBody({ name: "site", internal: true, ipamConfigs, labels: [{ label: "a", value: "b" }] })).toEqual({
    Name: "site",
    CheckDuplicate: true,
    Internal: true,
    Labels: { a: "b" },
    IPAM: { Config: [{ Subnet: "10.1.0.0/24", Gateway: "10.1.0.1" }] },
  });
  expect(
    volumeBody({ name: "data", driver: "local", driverOpts: { type: "none", o: "bind", device: "/srv/data" } }),
  ).toEqual({
    Name: "data",
    Driver: "local",
    DriverOpts: { type: "none", o: "bind", device: "/srv/data" },
  });
});
