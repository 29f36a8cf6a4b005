import { describe, expect, it } from "vitest";
import { orphans, type AccessKey } from "../../../cli/rotate/access-keys";
import { longestAway } from "../../../cli/rotate/away";
import { credentials, roles, s3Name } from "../../../cli/rotate/inventory";
import { operatorHosts } from "../../../cli/rotate/operator-hosts";
import { agesOf, planRotation, unknownNames, type Wanted } from "../../../cli/rotate/plan";
import { ofSameUser } from "../../../cli/rotate/prove";
import { renderSteps } from "../../../cli/rotate/render";
import { finished, noted, withNewPasswords } from "../../../cli/rotate/settings";
import { missingElsewhere } from "../../../stacks/secrets/missing";
import { credentialNames, credentialRecord, type CredentialRecord } from "../../../stacks/secrets/record";
import { secretsSchema, type SecretName } from "../../../stacks/secrets/schema";

const now = Date.parse("2026-11-24T12:00:00Z");
const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString();
const made = (days: number, more: object = {}) => ({ madeAt: daysAgo(days), by: "ana@laptop", ...more });
const names = credentials.map(({ name }) => name);
const key = (role: AccessKey["role"], days: number, more: Partial<AccessKey> = {}): AccessKey => ({
  ...{ role, generation: 1, user: `backup-${role}-g1-7e1`, id: `AKIA-${role}`, createdAt: daysAgo(days), active: true },
  ...more,
});
const planned = (record: CredentialRecord, wanted: Partial<Wanted> = {}, keys: readonly AccessKey[] = []) =>
  planRotation({ names: [], ...wanted }, agesOf(record, keys), now);

describe("the inventory", () => {
  it("holds every secret of the settings: a new one needs a way to be replaced", () => {
    const secrets = Object.keys(secretsSchema.shape) as SecretName[];
    expect(secrets.flatMap(credentialNames).filter((name) => !names.includes(name))).toEqual([]);
  });
  it("holds the key of every identity, and every credential of the clouds", () => {
    expect(roles.map(s3Name).filter((name) => !names.includes(name))).toEqual([]);
    const clouds = missingElsewhere({}, {}, true).map(({ what }) => (what.startsWith("aws") ? "aws:accessKey" : what));
    expect(clouds.filter((name) => !names.includes(name))).toEqual([]);
  });
  it("names each once, and who uses it, by a name that the record takes", () => {
    expect(new Set(names).size).toBe(names.length);
    expect(credentials.filter(({ users }) => users.length === 0)).toEqual([]);
    const all = Object.fromEntries(names.map((name) => [name, made(0)]));
    expect(credentialRecord.parse(all)).toEqual(all);
  });
});

describe("the plan", () => {
  it("is all that the program replaces itself: of unknown age first, then the oldest", () => {
    const record = Object.fromEntries([
      ...names.filter((n) => n.startsWith("databasePasswords.")).map((n) => [n, made(10)] as const),
      ["databasePasswords.n8n", made(50)],
      ["hcloud:token", made(900)],
    ]);
    const steps = planned(record, {}, [key("writer", 30), key("guard", 400)]);
    expect(steps.slice(0, 4).map(({ name }) => name)).toEqual([
      "s3.reader",
      "s3.guard",
      "databasePasswords.n8n",
      "s3.writer",
    ]);
    expect(steps.every(({ way }) => way === "program")).toBe(true);
  });
  it("has the operator's SSH key, of which others may hold a copy, only when it is named", () => {
    expect(planned({}).map(({ name }) => name)).not.toContain("ssh.operator");
    expect(planned({}, { names: ["ssh"] }).map(({ name, way }) => [name, way])).toEqual([["ssh.operator", "program"]]);
    const begun = { "ssh.operator": made(0, { pending: true }) };
    expect(planned(begun, { names: ["s3.guard"] })[0]).toMatchObject({ name: "ssh.operator", pending: true });
  });
  it("opens by that key the host that serves, and the one that it replaced, which must be known", () => {
    const serving = { host: "203.0.113.7", user: "root", hostKey: "ssh-ed25519 A", privateKey: "secret" };
    const hosts = (fence: object) =>
      operatorHosts({ ssh: { user: "root" }, fence: { user: "ops", ...fence } } as never, serving);
    const own = { host: "203.0.113.7", user: "root", hostKey: "ssh-ed25519 A" };
    expect(hosts({})).toEqual([own]);
    expect(hosts({ hostKey: "ssh-ed25519 B", address: "203.0.113.7" })).toEqual([own]);
    expect(hosts({ hostKey: "ssh-ed25519 B", address: "198.51.100.9" })).toEqual([
      own,
      { host: "198.51.100.9", user: "ops", hostKey: "ssh-ed25519 B" },
    ]);
    expect(hosts({ hostKey: "ssh-ed25519 B" })).toBeUndefined();
  });
  it("is what is named, or all of a kind, and only what is older", () => {
    expect(planned({}, { names: ["s3"] }).map(({ name }) => name)).toEqual(["s3.writer", "s3.reader", "s3.guard"]);
    expect(planned({}, { names: ["hcloud:token"] }).map(({ way }) => way)).toEqual(["person"]);
    const record = { "databasePasswords.odoo": made(91), "databasePasswords.n8n": made(89) };
    const old = planned(record, { names: Object.keys(record), olderThan: 90 * 86_400 });
    expect(old.map(({ name }) => name)).toEqual(["databasePasswords.odoo"]);
  });
  it("begins with what a run that was cut off has begun, named or not: the next update applies it anyway", () => {
    const record = { "s3.writer": made(0, { pending: true }), "databasePasswords.odoo": made(500) };
    const steps = planned(record, { names: ["databasePasswords.odoo"] }, [key("writer", 300)]);
    expect(steps.map(({ name, pending }) => [name, pending])).toEqual([
      ["s3.writer", true],
      ["databasePasswords.odoo", false],
    ]);
  });
  it("takes an S3 key's age from IAM, the older of two, and no inactive one's", () => {
    const keys = [key("writer", 3), key("writer", 90, { id: "b" }), key("writer", 400, { id: "c", active: false })];
    expect(agesOf({ "s3.writer": made(1) }, keys).get("s3.writer")).toMatchObject({ madeAt: daysAgo(90) });
    expect(agesOf({ "s3.writer": made(1) }, undefined).get("s3.writer")).toMatchObject({ madeAt: daysAgo(1) });
  });
  it("knows no other names", () => expect(unknownNames(["s3", "odoo", "databasePasswords.odoo"])).toEqual(["odoo"]));
  it("says of each its age, its way and what follows, in both languages", () => {
    const all = planned({ "hcloud:token": made(91) }, { names });
    expect(all).toHaveLength(names.length);
    for (const lang of ["en", "es"] as const) {
      const text = renderSteps(all, 90 * 86_400, lang);
      for (const name of names) expect(text).toContain(name);
    }
    expect(renderSteps(all, 90 * 86_400, "en")).toContain("91 days, over the limit");
  });
});

describe("the record", () => {
  const steps = planned({}, { names: ["databasePasswords.odoo", "s3.writer"] });
  const begun = noted({}, steps, { ...made(0), pending: true });

  it("goes from nothing to begun to in force, each by itself", () => {
    expect(planned(begun, { names: ["s3.writer"] }).map(({ pending }) => pending)).toEqual([true, true]);
    const half = finished(begun, ["s3.writer"]);
    expect(planned(half, { names: ["s3.writer"] }).map(({ name, pending }) => [name, pending])).toEqual([
      ["databasePasswords.odoo", true],
      ["s3.writer", false],
    ]);
    expect(finished(half, ["databasePasswords.odoo"])).toEqual({
      "databasePasswords.odoo": made(0),
      "s3.writer": made(0),
    });
  });
  it("makes passwords for the databases among the steps, and touches no other", () => {
    const before = { odoo: "a", n8n: "b" };
    expect(withNewPasswords(before, steps, () => "new")).toEqual({ odoo: "new", n8n: "b" });
    expect(withNewPasswords(before, planned({}, { names: ["s3"] }), () => "new")).toBe(before);
  });
});

describe("keys", () => {
  const begun = { writer: daysAgo(0) };
  it("that an engine made and did not note are taken back, and no others", () => {
    const keys = [
      key("writer", 100, { id: "old" }),
      key("writer", 0, { id: "noted" }),
      key("writer", 0, { id: "lost" }),
      key("guard", 0, { id: "of-another-rotation" }),
      key("writer", 50, { id: "somebody's" }),
      key("writer", 0, { id: "of-another-stack", user: "backup-writer-g1-0c2" }),
    ];
    const state = { users: ["backup-writer-g1-7e1", "backup-guard-g1-7e1"], keys: ["old", "noted"] };
    expect(orphans(keys, state, begun).map(({ id }) => id)).toEqual(["lost"]);
    expect(orphans(keys, state, {})).toEqual([]);
  });
  it("of one user are told by one of them", () => {
    const keys = [key("writer", 1), key("writer", 2, { id: "b" }), key("guard", 1)];
    expect(ofSameUser(keys, "b").map(({ id }) => id)).toEqual(["AKIA-writer", "b"]);
    expect(ofSameUser(keys, "gone")).toEqual([]);
  });
});

describe("how long a service was away", () => {
  const at = (...looks: (number | string)[]) =>
    looks.map((look) => ({ at: Number(String(look).replace("!", "")), well: !String(look).includes("!") }));
  it("is from the first look that failed to the next that did not", () => {
    expect(longestAway(at(0, 500, "1000!", "1500!", 4000, "5000!", 5500))).toBe(3);
    expect(longestAway(at(0, 500))).toBe(0);
  });
  it("lasts until the last look when it does not come back", () => expect(longestAway(at(0, "500!", "2500!"))).toBe(2));
});
