import { Secret, UNKNOWN } from "../../../policy/core/model";
import { types } from "../../../policy/core/types";
import { context, later, planWith, resource, type Case, type Inputs } from "../fixtures";

const run = (inputs: Inputs, name = "c") => ({ resources: [resource(types.container, name, inputs)] });
const image = (name: unknown) => ({ resources: [resource(types.image, "i", { name })] });
const digest = `sha256:${"a".repeat(64)}`;
const socket = run({ name: "dokploy", volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/s" }] });
const later_ = (property: string) => [later(`docker.Container c`, `${property}`)];
const says = (property: string, received: string, allowed: string, fix: string) => [
  `docker.Container c, ${property}: received ${received}; allowed: ${allowed}; fix: ${fix}`,
];
const limits = (...ulimits: unknown[]) => run({ ulimits });
const pidsFix = 'set ulimits: [{ name: "nproc", soft: 4096, hard: 4096 }]';
const healthy = { healthcheck: { tests: ["CMD", "true"] } };
const waited = resource(types.container, "c", {});
const waits = (urn: string) =>
  resource(types.remoteCommand, "c-healthy", { create: UNKNOWN }, { uses: { create: [urn] } });
const notWaited = (received: string) =>
  says(
    "wait",
    received,
    "true, or a remote.Command that is given the container's id",
    "wait for it by healthyScript (components/healthy.ts)",
  );

const pulled = resource(types.image, "i", { name: `a@${digest}` });

export const containerCases: Record<string, Case> = {
  "image-digest": {
    compliant: [image(`registry.test:5000/odoo@${digest}`)],
    violating: [
      {
        ...image("odoo:17"),
        says: [
          'docker.RemoteImage i, name: received "odoo:17"; allowed: name@sha256:<64 hex digits>; fix: run "npm run images:pin"',
        ],
      },
    ],
    unknown: {
      ...image(UNKNOWN),
      says: [
        'docker.RemoteImage i, name: received "a value that is known only at update"; allowed: name@sha256:<64 hex digits>, as a literal; fix: pass the figure itself, not an Output',
      ],
    },
  },
  "container-image": {
    compliant: [
      run({ image: digest }),
      { resources: [pulled, resource(types.container, "c", { image: UNKNOWN }, { uses: { image: [pulled.urn] } })] },
    ],
    violating: [
      {
        ...run({ image: "odoo:17" }),
        says: says(
          "image",
          '"odoo:17"',
          "the imageId of a RemoteImage, or ...@sha256:<64 hex digits>",
          "pass the RemoteImage's imageId",
        ),
      },
    ],
    unknown: {
      ...run({ image: UNKNOWN }),
      says: says(
        "image",
        '"a value that is known only at update"',
        "the imageId of a RemoteImage, or ...@sha256:<64 hex digits>",
        "pass the RemoteImage's imageId",
      ),
    },
  },
  "container-privileged": {
    compliant: [run({}), run({ privileged: false, devices: [] })],
    violating: [
      {
        ...run({ privileged: true }),
        says: says("privileged", "true", "nothing", "remove it; add the one capability that is needed instead"),
      },
      {
        ...run({ devices: [{ hostPath: "/dev/sda" }] }),
        says: says(
          "devices",
          '[{"hostPath":"/dev/sda"}]',
          "nothing",
          "remove it; add the one capability that is needed instead",
        ),
      },
    ],
    unknown: { ...run({ privileged: UNKNOWN }), says: later_("privileged") },
  },
  "container-docker-socket": {
    compliant: [
      run({ mounts: [{ type: "volume", source: "smarteros-odoo", target: "/d" }] }),
      {
        ...socket,
        context: context({ plan: planWith("dokploy", { dockerSocket: { because: "it deploys" } } as never) }),
      },
    ],
    violating: [
      {
        ...socket,
        says: says(
          "volumes[0].hostPath",
          '"/var/run/docker.sock"',
          "no socket of the engine",
          "remove it, or give the reason in plan.services' dockerSocket.because",
        ),
      },
      {
        ...run({ mounts: [{ type: "bind", source: "/run", target: "/s" }] }),
        says: says(
          "mounts[0].source",
          '"/run"',
          "no socket of the engine",
          "remove it, or give the reason in plan.services' dockerSocket.because",
        ),
      },
    ],
    unknown: { ...run({ volumes: [{ hostPath: UNKNOWN }] }), says: later_("volumes[0].hostPath") },
  },
  "container-host-folders": {
    compliant: [
      run({
        mounts: [{ type: "volume", source: "etc", target: "/d" }],
        volumes: [{ hostPath: "/srv/smarteros/odoo" }, { volumeName: "v" }],
      }),
    ],
    violating: ["/", "/etc", "/proc/sys", "/var/lib/docker/x"].map((hostPath) => ({
      ...run({ volumes: [{ hostPath }] }),
      says: says(
        "volumes[0].hostPath",
        JSON.stringify(hostPath),
        "named volumes below /srv/smarteros",
        "use a data folder of the site",
      ),
    })),
    unknown: { ...run({ mounts: [{ type: "bind", source: UNKNOWN }] }), says: later_("mounts[0].source") },
  },
  "container-new-privileges": {
    compliant: [run({ securityOpts: ["no-new-privileges:true"] })],
    violating: [
      { ...run({}), says: says("securityOpts", "[]", '["no-new-privileges:true"]', "add it") },
      {
        ...run({ securityOpts: ["no-new-privileges", "seccomp=unconfined"] }),
        says: says("securityOpts", '"seccomp=unconfined"', "the engine's own profiles", "remove it"),
      },
    ],
    unknown: { ...run({ securityOpts: UNKNOWN }), says: later_("securityOpts") },
  },
  "container-capabilities": {
    compliant: [
      run({ name: "odoo", capabilities: { drops: ["ALL"], adds: [] } }),
      run({ name: "caddy", capabilities: { drops: ["ALL"], adds: ["CAP_NET_BIND_SERVICE"] } }),
    ],
    violating: [
      {
        ...run({ name: "odoo" }),
        says: says("capabilities.drops", "[]", '["ALL"]', "drop all, then add what is needed"),
      },
      {
        ...run({ name: "odoo", capabilities: { drops: ["ALL"], adds: ["SYS_ADMIN"] } }),
        says: says("capabilities.adds", '"SYS_ADMIN"', "none", "remove it, or give this policy the reason"),
      },
    ],
    unknown: {
      ...run({ name: "odoo", capabilities: { drops: ["ALL"], adds: UNKNOWN } }),
      says: later_("capabilities.adds"),
    },
  },
  "container-memory": {
    compliant: [run({ memory: 512, memorySwap: 1024 })],
    violating: [
      { ...run({}), says: says("memory", "nothing", "MiB above 0", "set memory") },
      {
        ...run({ memory: 512, memorySwap: -1 }),
        says: says("memorySwap", "-1", "512 to 1024 (memory and swap together; -1 is no bound)", "set memorySwap"),
      },
    ],
    unknown: { ...run({ memory: 512, memorySwap: UNKNOWN }), says: later_("memorySwap") },
  },
  "container-pids": {
    compliant: [limits({ name: "nproc", soft: 4096, hard: 4096 })],
    violating: [
      { ...limits(), says: says("ulimits.nproc", "nothing", "at most 4096", pidsFix) },
      {
        ...limits({ name: "nofile", hard: 9 }, { name: "nproc", soft: 1, hard: 65_536 }),
        says: says("ulimits.nproc", "65536", "at most 4096", pidsFix),
      },
    ],
    unknown: { ...limits(UNKNOWN), says: later_("ulimits") },
  },
  "container-health": {
    compliant: [run(healthy)],
    violating: [
      {
        ...run({ healthcheck: { tests: ["NONE"] } }),
        says: says(
          "healthcheck.tests",
          '["NONE"]',
          '["CMD", ...] or ["CMD-SHELL", "..."]',
          "add the service's own probe",
        ),
      },
    ],
    unknown: { ...run({ healthcheck: UNKNOWN }), says: later_("healthcheck.tests") },
  },
  "container-waited-for": {
    compliant: [run({ wait: true }), { resources: [waited, waits(waited.urn)] }],
    violating: [
      { resources: [waited], says: notWaited("nothing") },
      { resources: [waited, waits("urn:of:another")], says: notWaited("nothing") },
      { ...run({ wait: false }), says: notWaited("false") },
    ],
    unknown: { ...run({ wait: UNKNOWN }), says: notWaited('"[known at update]"') },
  },
  "container-restart": {
    compliant: [run({ restart: "unless-stopped" }), run({ restart: "on-failure", maxRetryCount: 5 })],
    violating: [
      {
        ...run({ restart: "always" }),
        says: says(
          "restart",
          '"always"',
          '"unless-stopped", or "on-failure" with maxRetryCount',
          'set restart: "unless-stopped"',
        ),
      },
      { ...run({ restart: "on-failure" }), says: says("maxRetryCount", "nothing", "1 to 5", "set maxRetryCount: 5") },
    ],
    unknown: { ...run({ restart: UNKNOWN }), says: later_("restart") },
  },
  "container-logs": {
    compliant: [
      run({ logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "3" } }),
      run({ logDriver: "json-file", logOpts: { "max-size": "30m", "max-file": "20", compress: "true" } }),
    ],
    violating: [
      {
        ...run({ logDriver: "json-file", logOpts: { "max-size": "30m", "max-file": "20" } }),
        says: says(
          "logOpts",
          '{"max-size":"30m","max-file":"20"}',
          "max-size times max-file at most 100 MB, where a compressed file counts a tenth",
          'set { "max-size": "10m", "max-file": "3" }',
        ),
      },
      {
        ...run({ logDriver: "json-file" }),
        says: says(
          "logOpts",
          "nothing",
          "max-size times max-file at most 100 MB, where a compressed file counts a tenth",
          'set { "max-size": "10m", "max-file": "3" }',
        ),
      },
      {
        ...run({ logDriver: "local", logOpts: { "max-size": "1g", "max-file": "3" } }),
        says: says(
          "logOpts",
          '{"max-size":"1g","max-file":"3"}',
          "max-size times max-file at most 100 MB, where a compressed file counts a tenth",
          'set { "max-size": "10m", "max-file": "3" }',
        ),
      },
    ],
    unknown: {
      ...run({ logDriver: "local", logOpts: { "max-size": UNKNOWN, "max-file": "3" } }),
      says: later_("logOpts"),
    },
  },
  "container-host-network": {
    compliant: [run({ networkMode: "bridge" })],
    violating: [
      {
        ...run({ networkMode: "host" }),
        says: says(
          "networkMode",
          '"host"',
          '"bridge" or a network\'s name',
          'set networkMode: "bridge" and networksAdvanced',
        ),
      },
      {
        ...run({}),
        says: says(
          "networkMode",
          "nothing",
          '"bridge" or a network\'s name',
          'set networkMode: "bridge" and networksAdvanced',
        ),
      },
    ],
    unknown: { ...run({ networkMode: UNKNOWN }), says: later_("networkMode") },
  },
  "container-host-namespaces": {
    compliant: [run({}), run({ ipcMode: "private" })],
    violating: [
      { ...run({ pidMode: "host" }), says: says("pidMode", '"host"', "a namespace of its own", "remove it") },
    ],
    unknown: { ...run({ ipcMode: UNKNOWN }), says: later_("ipcMode") },
  },
  "container-published-ports": {
    compliant: [
      run({
        name: "caddy",
        ports: [
          { internal: 80, external: 80 },
          { internal: 443, external: 443 },
        ],
      }),
      run({ name: "odoo", ports: [] }),
    ],
    violating: [
      {
        ...run({ name: "postgres", ports: [{ internal: 5432, external: 5432 }] }),
        says: says(
          "ports[0].external",
          "5432",
          "none: caddy publishes for all",
          "remove it; the proxy reaches it by the site's network",
        ),
      },
      {
        ...run({ name: "caddy", ports: [{ internal: 2019, external: 2019 }] }),
        says: says("ports[0].external", "2019", "80 or 443", "remove it"),
      },
    ],
    unknown: {
      ...run({ name: "caddy", ports: [{ internal: 80, external: UNKNOWN }] }),
      says: later_("ports[0].external"),
    },
  },
  "container-env": {
    compliant: [
      run({
        envs: [
          "PORT=8000",
          "VAULT_ADDR=http://vault:8200",
          "SMARTEROS_EXPECT_RESTORED=3b6c2f0a-98d1-4f0e-8a55-6d1f0f7f2f11",
        ],
      }),
    ],
    violating: [
      {
        ...run({ envs: ["DB_PASSWORD=x"] }),
        says: says(
          "envs.DB_PASSWORD",
          '"a name of secrets"',
          "nothing secret",
          "put it into secretEnv of the container's spec (components/services/spec.ts)",
        ),
      },
      {
        ...run({ envs: ["URL=postgres://a:b@h/d"] }),
        says: says(
          "envs.URL",
          '"a password in a URL"',
          "nothing secret",
          "put it into secretEnv of the container's spec (components/services/spec.ts)",
        ),
      },
      {
        ...run({ envs: [new Secret("X=1")] }),
        says: says(
          "envs.X",
          '"a value marked secret"',
          "nothing secret",
          "put it into secretEnv of the container's spec (components/services/spec.ts)",
        ),
      },
    ],
    unknown: { ...run({ envs: ["A=b", UNKNOWN] }), says: later_("envs[1]") },
  },
};
