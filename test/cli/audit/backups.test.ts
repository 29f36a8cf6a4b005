import { expect, it } from "vitest";
import { backupStatements, deviations } from "../../../cli/audit/backups";
import { healthyLook, now } from "../looks";

const { backups } = healthyLook();
const after = (seconds: number) => new Date(Date.parse(now) + seconds * 1_000);
const freshAt = (at: Date) => backupStatements(backups, at).find(({ id }) => id === "backups-fresh")!;

it("holds while every RPO that a backup can meet is met; one of 0 is not ticked", () => {
  const { holds, required, evidence } = freshAt(after(0));
  expect({ holds, required }).toEqual({ holds: true, required: true });
  expect(evidence("es")).toMatch(/odoo \d+ s de 300 s/);
  expect(evidence("es")).not.toContain("vault");
});

it("tells what is measured of the RPO of 0 where it is told that it is unmet", () => {
  const { holds, evidence } = deviations(backups, after(0));
  expect(holds).toBe(false);
  expect(evidence("es")).toMatch(/^vault \d+ s de 0 s; vault, RPO 0: solo un par raft síncrono/);
  const unknown = deviations({ state: "silent", seconds: 15 }, after(0));
  expect(unknown.evidence("en")).toMatch(/^vault, RPO 0: only a synchronous/);
});

it("does not hold once backups lag, Vault's among them", () => {
  const { holds, evidence } = freshAt(after(3_600));
  expect(holds).toBe(false);
  expect(evidence("en")).toMatch(/vault \d+ s of 0 s/);
});

it("does not hold without a valid set", () => {
  const none = { ...backups, value: { generations: [], skipped: [], held: [] } } as typeof backups;
  const [valid, fresh] = backupStatements(none, after(0));
  expect([valid!.holds, fresh!.holds]).toEqual([false, false]);
  expect(fresh!.evidence("es")).toBe("ningún conjunto válido");
});
