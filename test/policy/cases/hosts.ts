import { firewallRules } from "../../../components/host/recovery-host";
import { userData } from "../../../components/host/scripts";
import { Secret, UNKNOWN } from "../../../policy/core/model";
import { types } from "../../../policy/core/types";
import { context, later, resource, type Case, type Inputs } from "../fixtures";

const firewall = (...rules: unknown[]) => ({ resources: [resource(types.firewall, "f", { rules })] });
const inbound = (port: string | undefined, sourceIps: unknown, protocol = "tcp") =>
  firewall({ direction: "in", protocol, port, sourceIps });
const good = firewall(...firewallRules(["192.0.2.0/24"]));
const server = (inputs: Inputs) => ({ resources: [resource(types.server, "s", inputs)] });
/** Where the rehearsal of a recovery is judged. */
const rehearsal = { context: context({ settings: { stack: "verify" } }) };
const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
const command = (connection: unknown) => ({ resources: [resource(types.remoteCommand, "c", { connection })] });
const docker = (inputs: Inputs) => ({ resources: [resource(types.dockerProvider, "d", inputs)] });
const sshOpts = ["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=/h", "-o", "BatchMode=yes"];
const labels = { "smarteros.site": "a.cl", "smarteros.generation": "2" };
const born = userData("KEY", hostKey);

const host = resource(types.server, "s", {});
const volume = resource(types.volume, "v", { serverId: UNKNOWN }, { uses: { serverId: [host.urn] } });
const agent = resource(types.container, "agent", { name: "agent" });

export const hostCases: Record<string, Case> = {
  "host-ssh-closed": {
    compliant: [good, inbound("443", ["0.0.0.0/0"]), inbound("22", ["192.0.2.1/32"])],
    violating: ["22", "20-25", "any"].map((port) => ({
      ...inbound(port, ["192.0.2.1/32", "::/0"]),
      says: [
        'hcloud.Firewall f, rules[0].sourceIps: received "the whole world, on port 22"; allowed: networks of operators; fix: use smarteros:site.ssh.operatorNetworks',
      ],
    })),
    unknown: { ...inbound("22", [UNKNOWN]), says: [later("hcloud.Firewall f", "rules[0].sourceIps")] },
  },
  "host-public-ports": {
    compliant: [good, inbound("5432", ["192.0.2.1/32"]), inbound(undefined, ["0.0.0.0/0"], "icmp")],
    violating: [
      {
        ...inbound("5432", ["0.0.0.0/0"]),
        says: [
          'hcloud.Firewall f, rules[0].port: received "tcp 5432, from the whole world"; allowed: tcp 80 or tcp 443; fix: remove the rule, or name the networks that need it',
        ],
      },
      {
        ...inbound("80-443", ["0.0.0.0/0"]),
        says: [
          'hcloud.Firewall f, rules[0].port: received "tcp 80-443, from the whole world"; allowed: tcp 80 or tcp 443; fix: remove the rule, or name the networks that need it',
        ],
      },
    ],
    unknown: {
      ...inbound("5432", ["0.0.0.0/0", UNKNOWN]),
      says: [
        'hcloud.Firewall f, rules[0].port: received "tcp 5432, from the whole world"; allowed: tcp 80 or tcp 443; fix: remove the rule, or name the networks that need it',
      ],
    },
  },
  "host-behind-firewall": {
    compliant: [server({ firewallIds: [7] }), server({ firewallIds: [UNKNOWN] })],
    violating: [
      {
        ...server({}),
        says: [
          "hcloud.Server s, firewallIds: received nothing; allowed: at least one firewall; fix: pass the firewall's id to the server itself; an attachment comes later",
        ],
      },
    ],
    unknown: { ...server({ firewallIds: UNKNOWN }), says: [later("hcloud.Server s", "firewallIds")] },
  },
  "host-key-pinned": {
    compliant: [command({ host: "h", hostKey }), command(new Secret({ host: UNKNOWN, hostKey }))],
    violating: [
      {
        ...command({ host: UNKNOWN }),
        says: [
          "command.remote.Command c, connection.hostKey: received nothing; allowed: \"ssh-ed25519 AAAA...\", without a comment; fix: pass the host's public key; it is seeded by cloud-init, or read from the provider's console",
        ],
      },
    ],
    unknown: { ...command(UNKNOWN), says: [later("command.remote.Command c", "connection.hostKey")] },
  },
  "docker-key-pinned": {
    compliant: [
      docker({ host: UNKNOWN, sshOpts: JSON.stringify(sshOpts) }),
      docker({ host: "ssh://root@h:22", sshOpts }),
      docker({ host: "unix:///run/docker.sock" }),
    ],
    violating: [
      {
        ...docker({
          host: "ssh://h",
          sshOpts: ["-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=/dev/null"],
        }),
        says: [
          'pulumi.providers.docker d, sshOpts: received ["-o","StrictHostKeyChecking=no","-o","BatchMode=yes","-o","UserKnownHostsFile=/dev/null"]; allowed: with -o StrictHostKeyChecking=yes, -o UserKnownHostsFile=FILE; fix: use components/host/connection.ts, sshOptions',
        ],
      },
      {
        ...docker({ host: "tcp://h:2375" }),
        says: [
          'pulumi.providers.docker d, host: received "tcp://h:2375"; allowed: ssh://... or unix://...; fix: reach the engine through ssh',
        ],
      },
    ],
    unknown: { ...docker({ host: UNKNOWN, sshOpts: UNKNOWN }), says: [later("pulumi.providers.docker d", "sshOpts")] },
  },
  "host-server-type": {
    compliant: ["cpx32", "cx33", "cpx22", "ccx13"].map((serverType) => server({ serverType })),
    violating: [
      {
        ...server({ serverType: "cx22" }),
        says: [
          'hcloud.Server s, serverType: received "cx22"; allowed: a type that is sold: cx23, cpx32, ccx13, ...; fix: change smarteros:site.host.serverTypes',
        ],
      },
    ],
    unknown: { ...server({ serverType: UNKNOWN }), says: [later("hcloud.Server s", "serverType")] },
  },
  "host-labels": {
    compliant: [server({ labels }), { ...server({ labels: { "smarteros.scratch": "a.cl" } }), ...rehearsal }],
    violating: [
      {
        ...server({ labels: { "smarteros.site": "a.cl" } }),
        ...rehearsal,
        says: [
          'hcloud.Server s, labels["smarteros.scratch"]: received nothing; allowed: a value; fix: use stacks/scratch.ts, scratchLabels',
          'hcloud.Server s, labels["smarteros.site"]: received "a.cl"; allowed: none in a rehearsal: a recovery would take it for its own; fix: use stacks/scratch.ts, scratchLabels',
        ],
      },
      {
        ...server({ labels: { "smarteros.site": "a.cl" } }),
        says: [
          'hcloud.Server s, labels["smarteros.generation"]: received nothing; allowed: a value; fix: use stacks/site.ts, siteLabels',
        ],
      },
    ],
    unknown: {
      ...server({ labels: { ...labels, "smarteros.site": UNKNOWN } }),
      says: [later("hcloud.Server s", 'labels["smarteros.site"]')],
    },
  },
  "host-delete-protection": {
    compliant: [
      server({ deleteProtection: true, rebuildProtection: true }),
      { resources: [resource(types.volume, "v", { deleteProtection: true })] },
      { ...server({}), ...rehearsal },
    ],
    violating: [
      {
        ...server({ deleteProtection: true }),
        says: ["hcloud.Server s, rebuildProtection: received nothing; allowed: true; fix: set rebuildProtection: true"],
      },
      {
        resources: [resource(types.volume, "v", {})],
        says: ["hcloud.Volume v, deleteProtection: received nothing; allowed: true; fix: set deleteProtection: true"],
      },
    ],
    unknown: {
      ...server({ deleteProtection: UNKNOWN }),
      says: [
        later("hcloud.Server s", "deleteProtection"),
        "hcloud.Server s, rebuildProtection: received nothing; allowed: true; fix: set rebuildProtection: true",
      ],
    },
  },
  "host-volume-protect": {
    compliant: [
      { resources: [resource(types.volume, "v", {}, { protect: true })] },
      { resources: [resource(types.volume, "v")], ...rehearsal },
    ],
    violating: [
      {
        resources: [resource(types.volume, "v")],
        says: ["hcloud.Volume v, options.protect: received false; allowed: true; fix: set protect: true"],
      },
    ],
    unknown: "reads an option, which is never unknown",
  },
  "host-no-password-login": {
    compliant: [
      server({ userData: new Secret(born) }),
      { resources: [resource(types.server, "s", {}, { ignoreChanges: ["userData"] })] },
    ],
    violating: [
      {
        ...server({ userData: born.replace("ssh_pwauth: false", "ssh_pwauth: true") }),
        says: [
          "hcloud.Server s, userData.ssh_pwauth: received nothing; allowed: false; fix: use components/host/scripts.ts, userData",
        ],
      },
    ],
    unknown: { ...server({ userData: new Secret(UNKNOWN) }), says: [later("hcloud.Server s", "userData")] },
  },
  "host-backups": {
    compliant: [
      { resources: [host, volume, agent] },
      server({ backups: true }),
      { resources: [host, volume], ...rehearsal },
    ],
    violating: [
      {
        resources: [host, volume],
        says: [
          "hcloud.Server s, backups: received nothing; allowed: true, or a data volume and the backup agent; fix: let the site run the agent",
        ],
      },
      {
        resources: [host, agent],
        says: [
          "hcloud.Server s, backups: received nothing; allowed: true, or a data volume and the backup agent; fix: set backups: true, or put the data on a Volume",
        ],
      },
    ],
    unknown: {
      ...server({ backups: UNKNOWN }),
      says: [
        'hcloud.Server s, backups: received "[known at update]"; allowed: true, or a data volume and the backup agent; fix: set backups: true, or put the data on a Volume',
      ],
    },
  },
  "host-other-provider": {
    compliant: [
      { resources: [host], context: context({ settings: { stack: "recovery" } }) },
      { resources: [agent], context: context({ settings: { stack: "primary" } }) },
    ],
    violating: [
      {
        resources: [host],
        context: context({ settings: { stack: "primary" } }),
        says: [
          'hcloud.Server s, type: received "a server at Hetzner in the primary stack"; allowed: the VPS at Hostinger: Hetzner is where the recovery goes; fix: set smarteros:site.host.kind: "existing"',
        ],
      },
      {
        resources: [agent],
        context: context({ settings: { stack: "recovery" } }),
        says: [
          'the plan, the recovery\'s host: received nothing; allowed: a server at Hetzner: Hostinger is where the primary was lost; fix: set smarteros:site.host.kind: "hetzner"',
        ],
      },
    ],
    unknown: "reads which resources there are, which is never unknown",
  },
};
