import { IAMClient, ListAccessKeysCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { afterEach, expect, it, vi } from "vitest";
import { ageStatements } from "../../../cli/audit/ages";
import { settingsOf } from "../../../cli/settings";
import { filledSettings } from "../../stacks/settings";

afterEach(() => vi.restoreAllMocks());

const now = new Date("2026-11-24T00:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** What is said of a primary whose backup key and recorded credentials are so old. */
async function said(keyDays: number, record: Readonly<Record<string, number>>) {
  vi.spyOn(IAMClient.prototype, "send").mockImplementation((async (command: unknown) => {
    if (command instanceof ListUsersCommand)
      return { Users: [{ UserName: "backup-guard-g1-7e1" }, { UserName: "else" }] };
    if (command instanceof ListAccessKeysCommand)
      return { AccessKeyMetadata: [{ AccessKeyId: "AKIA", Status: "Active", CreateDate: daysAgo(keyDays) }] };
    throw new Error("not asked for here");
  }) as never);
  const entries = Object.entries(record).map(([name, days]) => [
    name,
    { madeAt: daysAgo(days).toISOString(), by: "ana@laptop" },
  ]);
  const settings = { ...filledSettings("primary"), "smarteros:credentials": Object.fromEntries(entries) };
  const values = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, text(value)]));
  const statements = await ageStatements(settingsOf(values), values, now);
  return statements.map((statement) => ({ ...statement, evidence: statement.evidence("en") }));
}

it("is told of every key by IAM, and held to the plan", async () => {
  expect((await said(23, {}))[0]).toMatchObject({
    holds: true,
    evidence: "backup-guard-g1-7e1: 23 days; allowed: 90 days",
  });
  expect((await said(91, {}))[0]).toMatchObject({ holds: false });
});

it("is told of every other credential that the settings hold, by their record", async () => {
  const [, none] = await said(1, {});
  expect(none).toMatchObject({
    id: "secret-age",
    holds: false,
    evidence: expect.stringContaining("databasePasswords.odoo: not known"),
  });
  // What cannot be replaced in place is nobody's omission; what the settings do not hold is no credential of the site's.
  expect(none!.evidence).not.toMatch(/postgresCipher|hostingerToken|s3/);
  const names = none!.evidence.split("; ").flatMap((part) => /^(\S+): not known$/.exec(part)?.[1] ?? []);
  expect(names).toContain("shopifySecret");
  const all = (days: number) => Object.fromEntries(names.map((name) => [name, days]));
  expect((await said(1, all(90)))[1]).toMatchObject({ holds: true });
  expect((await said(1, { ...all(90), shopifySecret: 91 }))[1]).toMatchObject({ holds: false });
});
