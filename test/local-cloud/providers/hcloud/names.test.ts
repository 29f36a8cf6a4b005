import { expect, it } from "vitest";
import { withName } from "../../../../local-cloud/providers/hcloud/names";
import type { Context } from "../../../../local-cloud/providers/provider";

const context = { name: "web" } as Context<unknown>;

it("makes a name when the program gives none, and keeps it", () => {
  const first = withName(context, { size: 1 }, undefined);
  expect(first).toEqual({ size: 1, name: expect.stringMatching(/^web-[0-9a-f]{7}$/) });
  expect(withName(context, { size: 2 }, first)["name"]).toBe(first["name"]);
  expect(withName(context, { name: "given" }, first)["name"]).toBe("given");
});
