import { describe, expect, it } from "vitest";
import { readConfig } from "../../stacks/config";
import { isPublicIpv4 } from "../../stacks/ipv4";
import { filledSettings, problemsWith, setConfig, type Role, type Settings } from "./settings";

/** The problems that one change of good settings makes. */
function after(role: Role, change: (settings: Settings) => void): readonly string[] {
  const settings = filledSettings(role);
  change(settings);
  return problemsWith(role, settings);
}
const site = (change: (site: Settings["smarteros:site"]) => void) => (settings: Settings) =>
  change(settings["smarteros:site"]);

describe("good settings", () => {
  it("are read, durations as seconds and sizes as bytes", () => {
    setConfig(filledSettings("recovery"));
    const { site, secrets } = readConfig("recovery");
    expect(site).toMatchObject({
      generation: 2,
      restoreFrom: 1,
      host: { volume: 40 * 2 ** 30 },
      dns: { ttl: 60, proxied: false, resolvers: ["1.1.1.1", "8.8.8.8"] },
    });
    expect(Object.keys(secrets.databasePasswords)).toContain("odoo");
    expect(secrets.vaultUnsealShares).toHaveLength(3);
  });
  it("may have a time without quotes, which YAML takes for a kind of its own", () => {
    setConfig({ ...filledSettings("recovery"), "recovery:targetTime": "2026-11-23 21:05:00.5 +0000 UTC" });
    expect(readConfig("recovery").targetTime).toBe("2026-11-23T21:05:00.5Z");
  });
  it("of the primary hold too", () => expect(problemsWith("primary", filledSettings("primary"))).toEqual([]));
});

describe("bad settings name the property, what was received, what is allowed and the fix", () => {
  const whole = (path: string, received: string, allowed: string, fix: string) => [
    expect.stringMatching(new RegExp(`^${path}: ${received}.*; allowed: .*${allowed}.*; fix: .*${fix}`)),
  ];

  it("an unknown key of the stack", () =>
    expect(after("primary", (s) => (s["smarteros:sites"] = "x"))).toEqual(
      whole("smarteros:sites", "unknown key", "smarteros:site, recovery:targetTime", "correct its spelling"),
    ));
  it("an unknown key inside the site", () =>
    expect(
      after(
        "primary",
        site((s) => (s.dns["tll"] = "60 seconds")),
      ),
    ).toEqual(whole("smarteros:site.dns.tll", "unknown key", "zoneId, ttl", "correct its spelling")));
  it("an unknown key of one kind of host", () =>
    expect(
      after(
        "primary",
        site((s) => (s.host["volume"] = "40 GiB")),
      ),
    ).toEqual(whole("smarteros:site.host.volume", "unknown key", "address", "remove it")));
  it("a RUT with a wrong check digit", () =>
    expect(
      after(
        "primary",
        site((s) => (s["tenants"] = [{ rut: "76192083-1", name: "x" }])),
      ),
    ).toEqual([
      'smarteros:site.tenants[0].rut: received "76192083-1"; its check digit must be 9, not 1; fix: correct the number or the digit',
    ]));
  it.each(["60", 60])("a duration without a unit: %j", (ttl) =>
    expect(
      after(
        "primary",
        site((s) => (s.dns["ttl"] = ttl)),
      ),
    ).toEqual(whole("smarteros:site.dns.ttl", `received ${JSON.stringify(ttl)}`, "a number, a space", 'write "')),
  );
  it("a duration out of its range", () =>
    expect(
      after(
        "primary",
        site((s) => (s.dns["ttl"] = "2 days")),
      ),
    ).toEqual(whole("smarteros:site.dns.ttl", 'received "2 days"', "60 seconds to 1 day", 'write "60 seconds"')));
  it("a size without a unit", () =>
    expect(
      after(
        "recovery",
        site((s) => (s.host["volume"] = 40)),
      ),
    ).toEqual(whole("smarteros:site.host.volume", "received 40", "a number, a space", 'write "40 GiB"')));
  it("a missing secret", () =>
    expect(after("primary", (s) => delete s["smarteros:filesCipher"])).toEqual(
      whole("smarteros:filesCipher", "missing", "at least 16 characters", "npm run secrets:init"),
    ));
  it("a secret that only a restore needs", () =>
    expect(after("recovery", (s) => delete s["smarteros:vaultUnsealShares"])).toEqual(
      whole("smarteros:vaultUnsealShares", "missing", "cannot be opened", "from the escrow"),
    ));
  it("a missing password among others", () =>
    expect(
      after(
        "primary",
        (s) =>
          (s["smarteros:databasePasswords"] = {
            ...JSON.parse(String(s["smarteros:databasePasswords"])),
            n8n: undefined,
          }),
      ),
    ).toEqual(whole("smarteros:databasePasswords.n8n", "missing", "by database", "npm run secrets:init")));
  it("an image without a digest", () =>
    expect(
      after(
        "primary",
        site((s) => (s.images["odoo"] = "odoo:17.0")),
      ),
    ).toEqual(whole("smarteros:site.images.odoo", 'received "odoo:17.0"', "sha256", "npm run images:pin")));
  it.each(["127.0.0.1", "10.1.2.3", "192.168.1.1", "100.64.0.1", "203.0.113.10"])(
    "an address that DNS must not publish: %s",
    (address) =>
      expect(
        after(
          "primary",
          site((s) => (s.host["address"] = address)),
        ),
      ).toEqual(
        whole("smarteros:site.host.address", `received "${address}"`, "a public IPv4 address", "Hostinger's panel"),
      ),
  );
  it("SSH open to the world", () =>
    expect(
      after(
        "recovery",
        site((s) => (s.ssh["operatorNetworks"] = ["0.0.0.0/0"])),
      ),
    ).toEqual(whole("smarteros:site.ssh.operatorNetworks", "received .*the whole world", "named networks", "CIDR")));
  it("a host of the other stack", () =>
    expect(
      after(
        "primary",
        site((s) => (s.host = { kind: "hetzner" })),
      ),
    ).toEqual(
      whole("smarteros:site.host.kind", 'received "hetzner"', "existing, in the primary stack", "other stack"),
    ));
  it("a kind of host that there is not", () =>
    expect(
      after(
        "primary",
        site((s) => (s.host["kind"] = "azure")),
      ),
    ).toEqual(whole("smarteros:site.host.kind", 'received "azure"', "existing", "correct it")));
  it("a replica in the same region", () =>
    expect(
      after(
        "primary",
        site((s) => (s.backups["replicaRegion"] = s.backups["region"])),
      ),
    ).toEqual(whole("smarteros:site.backups.replicaRegion", "received", "another region", "name one")));
  it("a restore from itself", () =>
    expect(
      after(
        "recovery",
        site((s) => (s["restoreFrom"] = 2)),
      ),
    ).toEqual(whole("smarteros:site.restoreFrom", "received 2", "an older generation", "raise generation to 3")));
  it.each(["yesterday", "2026-11-23T21:05:00", "2999-01-01T00:00:00Z"])(
    "a time that cannot be restored to: %s",
    (time) =>
      expect(after("recovery", (s) => (s["recovery:targetTime"] = time))).toEqual(
        whole("recovery:targetTime", `received "${time}"`, ".", "."),
      ),
  );
  it("no site at all", () =>
    expect(after("primary", (s) => delete (s as Record<string, unknown>)["smarteros:site"])).toEqual(
      whole("smarteros:site", "missing", "docs/configuration.md", "Pulumi.primary.yaml"),
    ));
});

it("lists several at once", () => {
  const problems = after("recovery", (s) => {
    s["smarteros:typo"] = "x";
    delete s["smarteros:postgresCipher"];
    Object.assign(s["smarteros:site"], { generation: 1, restoreFrom: 1, tenants: [] });
    s["smarteros:site"].dns["ttl"] = 5;
    s["smarteros:site"].images["n8n"] = "n8nio/n8n";
  });
  expect(problems.map((p) => p.split(": ")[0])).toEqual([
    "smarteros:typo",
    "smarteros:site.images.n8n",
    "smarteros:site.dns.ttl",
    "smarteros:site.tenants",
    "smarteros:postgresCipher",
    "smarteros:site.restoreFrom",
  ]);
});

it("never shows a secret's value", () => {
  const value = "hunter2";
  const problems = after("recovery", (s) => {
    for (const key of ["postgresCipher", "databasePasswords", "vaultUnsealShares", "recoveryHostKey"])
      s[`smarteros:${key}`] = value;
    s["smarteros:applicationKeys"] = JSON.stringify({ n8nEncryptionKey: value });
    s["smarteros:vaultToken"] = `{"not": "closed ${value}"`;
  });
  expect(problems.join()).not.toContain(value);
  expect(problems).toContainEqual(
    expect.stringMatching(
      /^smarteros:postgresCipher: does not fit \(a secret's value is not shown\); allowed: at least 16/,
    ),
  );
});

it("knows public addresses", () => {
  expect(["5.75.128.10", "8.8.8.8", "172.32.0.1", "100.128.0.1"].map(isPublicIpv4)).toEqual([true, true, true, true]);
  expect(
    ["172.16.0.1", "169.254.1.1", "198.18.0.1", "224.0.0.1", "0.0.0.0", "255.255.255.255"].some(isPublicIpv4),
  ).toBe(false);
});
