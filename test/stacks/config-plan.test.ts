import { expect, it, vi } from "vitest";
import type * as planModule from "../../plan/plan";
import { filledSettings, problemsWith } from "./settings";

vi.mock("../../plan/plan", async (original) => {
  const { plan } = await original<typeof planModule>();
  const services = plan.services.map((s) => (s.name === "postgres" ? { ...s, dependsOn: ["gateway" as const] } : s));
  return { plan: { ...plan, services } };
});

it("refuses a plan whose services wait for each other, beside what is wrong in the settings", () => {
  const settings = filledSettings("primary");
  delete settings["smarteros:shopifySecret"];
  expect(problemsWith("primary", settings)).toEqual([
    expect.stringMatching(
      /^plan\.services: postgres -> gateway -> postgres is a cycle; .*; fix: remove one of these dependencies/,
    ),
    expect.stringContaining("smarteros:shopifySecret: missing"),
  ]);
});
