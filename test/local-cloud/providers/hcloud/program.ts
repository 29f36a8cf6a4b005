import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";

/** What the recovery orders at Hetzner, in small. What an interrupted run without state has left is found by its labels and imported. */
export = async () => {
  const config = new pulumi.Config();
  const type = await hcloud.getServerType({ name: "cpx22" });
  const offer = type.locations.find((location) => location.available && !location.isDeprecated);
  const labels = { generation: "2" };
  const withSelector = "generation=2";
  const [keys, firewalls, servers, volumes] = await Promise.all([
    hcloud.getSshKeys({ withSelector }),
    hcloud.getFirewalls({ withSelector }),
    hcloud.getServers({ withSelector }),
    hcloud.getVolumes({ withSelector }),
  ]);
  const left = (found: readonly { id?: number }[]) => (found[0] ? { import: String(found[0].id) } : {});

  const publicKey = config.require("publicKey");
  const sshKey = new hcloud.SshKey("operator", { name: "operator", publicKey, labels }, left(keys.sshKeys));
  const firewall = new hcloud.Firewall(
    "web",
    {
      name: "web",
      rules: [
        {
          direction: "in",
          protocol: "tcp",
          port: config.get("port") ?? "443",
          sourceIps: ["0.0.0.0/0", "::/0"],
          description: "HTTPS",
        },
      ],
      labels,
    },
    left(firewalls.firewalls),
  );
  const server = new hcloud.Server(
    "recovery",
    {
      name: "recovery",
      serverType: "cpx22",
      location: offer!.name,
      image: "debian-12",
      sshKeys: [sshKey.id],
      firewallIds: [firewall.id.apply(Number)],
      userData: pulumi.secret("#cloud-config\n"),
      labels,
    },
    { ...left(servers.servers), ignoreChanges: ["userData", "sshKeys", "image", "location"] },
  );
  const volume = new hcloud.Volume(
    "data",
    {
      name: "data",
      size: Number(config.get("size") ?? "20"),
      serverId: server.id.apply(Number),
      format: "ext4",
      labels,
    },
    { ...left(volumes.volumes), ignoreChanges: ["format"] },
  );
  return {
    serverId: server.id,
    address: server.ipv4Address,
    device: volume.linuxDevice,
    foundBefore: servers.servers.map(({ name, serverType, location }) => ({ name, serverType, location })),
  };
};
