import { describe, expect, it } from "vitest";
import { mendingOf, nameOf, whatIs } from "../../../cli/recover/broken";
import { pathIn } from "../../../cli/recover/files";
import type { DriftedResource } from "../../../drift/model";

const drifted = (
  type: string,
  paths: readonly string[],
  kind: DriftedResource["kind"] = "changed",
): DriftedResource => ({
  urn: `urn:pulumi:primary::smarteros::${type}::odoo`,
  type,
  kind,
  changes: paths.map((path) => ({ path, expected: 1, actual: 2 })),
});
const container = "docker:index/container:Container";

describe("what of a drift is the network's", () => {
  it.each([
    ["a deleted network", drifted("docker:index/network:Network", [], "deleted"), "base"],
    ["a changed firewall", drifted("hcloud:index/firewall:Firewall", ["rules"]), "base"],
    ["a published port", drifted(container, ["ports[0].external"]), "container"],
    ["a deleted container", drifted(container, [], "deleted"), "container"],
    ["a container that stopped", drifted(container, ["mustRun", "networkDatas"]), "container"],
    ["another address of the same network", drifted(container, ["networkDatas[0].ipAddress"]), undefined],
    ["another limit", drifted(container, ["memory"]), undefined],
    ["a volume", drifted("docker:index/volume:Volume", [], "deleted"), undefined],
  ])("%s", (_, resource, expected) => expect(mendingOf(resource)).toBe(expected));

  it("is named by the container, and said in a word", () => {
    expect(nameOf(drifted(container, []))).toBe("odoo");
    expect(whatIs(drifted(container, ["networkDatas[0].ipAddress", "networkDatas[0].gateway", "ports"]))).toBe(
      "networkDatas, ports",
    );
  });
});

describe("--path", () => {
  it.each([
    ["filestore/odoo/ab", "filestore/odoo/ab"],
    ["./filestore//odoo/", "filestore/odoo"],
  ])("%s is below the folder", (given, expected) => expect(pathIn(given)).toBe(expected));
  it.each(["/etc/passwd", "../postgres", "a/../../b", "", ".", "a/.smarteros-restored.json", "a\nb"])(
    "%j is refused",
    (given) => expect(() => pathIn(given)).toThrow(/^--path: received .*; allowed: a path below/),
  );
});
