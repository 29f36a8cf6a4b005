import { runtime } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { HetznerHostConfig } from "../../stacks/config";
import { chooseServer } from "../../stacks/hetzner";
import { hetzner, type HetznerAnswers } from "./cloud-answers";

const host: HetznerHostConfig = {
  kind: "hetzner",
  serverTypes: ["cpx32", "cx33"],
  locations: ["nbg1", "fsn1"],
  image: "debian-12",
  volume: 40 * 2 ** 30,
};
const labels = { "smarteros.site": "smarterbot.cl", "smarteros.generation": "2" };

const operatorKey = "ssh-ed25519 AAAAoperator";

/** What is chosen of what Hetzner offers. */
async function chosen(answers: HetznerAnswers | Error) {
  await runtime.setMocks({
    newResource: ({ name }) => ({ id: name, state: {} }),
    call: ({ token, inputs }) => {
      if (answers instanceof Error) throw answers;
      return hetzner(answers)[token]!(inputs as Record<string, unknown>) as Record<string, unknown>;
    },
  });
  return chooseServer(host, labels, operatorKey);
}
const sold = { available: false };
const there = { available: true };

describe("the server that is ordered", () => {
  it("is of the first type, in the first location that has it", async () =>
    expect(
      await chosen({
        offers: {
          cpx32: [
            { name: "nbg1", ...sold },
            { name: "fsn1", ...there },
          ],
          cx33: [{ name: "nbg1", ...there }],
        },
      }),
    ).toMatchObject({ serverType: "cpx32", location: "fsn1" }));
  it("is of the next type when the first is sold out everywhere, or retired", async () =>
    expect(
      await chosen({
        offers: {
          cpx32: [
            { name: "nbg1", ...sold },
            { name: "fsn1", ...there, isDeprecated: true },
          ],
          cx33: [{ name: "nbg1", ...there }],
        },
      }),
    ).toMatchObject({
      serverType: "cx33",
      location: "nbg1",
      leftovers: { server: undefined, volume: undefined },
    }));
  it("is the one that an interrupted run left, whatever is sold out since", async () =>
    expect(
      await chosen({ offers: {}, servers: [{ id: 42, serverType: "cpx22", location: "hel1" }], volumes: [{ id: 7 }] }),
    ).toEqual({
      serverType: "cpx22",
      location: "hel1",
      leftovers: { server: "42", volume: "7", firewall: undefined, sshKey: undefined, foreignSshKey: undefined },
    }));
  it.each([
    ["ours, of an interrupted run", labels, { sshKey: "5", foreignSshKey: undefined }],
    ["of somebody else", {}, { sshKey: undefined, foreignSshKey: "5" }],
  ])("gets the operator's key that is there already: %s", async (_whose, itsLabels, leftovers) =>
    expect(
      await chosen({
        offers: { cpx32: [{ name: "nbg1", ...there }] },
        sshKeys: [{ id: 5, publicKey: `${operatorKey} me@home`, labels: itsLabels }],
      }),
    ).toMatchObject({ leftovers }),
  );
  it("is none when nothing can be ordered: every offer is named, and why", async () =>
    await expect(
      chosen({
        offers: {
          cpx32: [
            { name: "nbg1", ...sold },
            { name: "fsn1", ...there, isDeprecated: true },
          ],
        },
      }),
    ).rejects.toThrow(
      "smarteros:site.host.serverTypes: none can be ordered now (cpx32 in nbg1: sold out; cpx32 in fsn1: retired; cx33 in nbg1: not offered; cx33 in fsn1: not offered); fix: add a type or a location",
    ));
});
