import type {
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { describe, expect, it } from "vitest";
import { policiesOf } from "../../policy/core/adapter";
import { UNKNOWN } from "../../policy/core/model";
import { settingsOf, strictest } from "../../policy/core/settings";
import { types } from "../../policy/core/types";
import { marked, type Wire } from "../../policy/core/wire";
import { rules } from "../../policy/rules";
import { context, resource } from "./fixtures";

const wireOf = (inputs: Record<string, unknown>): Wire => ({ settings: strictest, inputs: () => inputs });
const pack = (inputs: Record<string, unknown>) => policiesOf(rules, wireOf(inputs), () => context());
const named = (policies: ReturnType<typeof pack>, name: string) => policies.find((p) => p.name === name);

/** Calls one policy as @pulumi/policy does. */
function call(policy: ResourceValidationPolicy | StackValidationPolicy | undefined, type: string) {
  const reports: unknown[] = [];
  const report = ((message: unknown) => reports.push(message)) as unknown as ReportViolation;
  let notApplicable = false;
  const notApplies = () => {
    notApplicable = true;
    throw new Error("not applicable");
  };
  const { urn, name } = resource(type, "r");
  try {
    if (policy && "validateStack" in policy)
      void policy.validateStack({ resources: [] } as unknown as StackValidationArgs, report);
    else
      void (policy?.validateResource as (a: ResourceValidationArgs, r: ReportViolation) => void)(
        { type, urn, name, opts: { protect: false }, notApplicable: notApplies } as unknown as ResourceValidationArgs,
        report,
      );
  } catch (error) {
    if (!notApplicable) throw error;
  }
  return { reports, notApplicable };
}

describe("a policy of the pack", () => {
  it("does not apply to another type", () => {
    for (const rule of rules) {
      if ("checkStack" in rule || rule.types === "every") continue;
      expect([rule.name, call(named(pack({}), rule.name), "other:index/thing:Thing")]).toEqual([
        rule.name,
        { reports: [], notApplicable: true },
      ]);
    }
  });

  it("reports a violation at its level, with the resource", () => {
    expect(call(named(pack({ networkMode: "host" }), "container-host-network"), types.container).reports).toEqual([
      {
        message:
          'docker.Container r, networkMode: received "host"; allowed: "bridge" or a network\'s name; fix: set networkMode: "bridge" and networksAdvanced',
        enforcementLevel: "mandatory",
        urn: resource(types.container, "r").urn,
      },
    ]);
  });

  it("tells once a policy, at the end, what it could not judge; the next run begins anew", () => {
    const policies = pack({ networkMode: UNKNOWN });
    expect(call(named(policies, "container-host-network"), types.container).reports).toEqual([]);
    const told = () => call(named(policies, "known-at-update"), "").reports;
    expect(told()).toEqual([
      {
        message:
          "container-host-network: known only at update, and judged then, before the resource is touched: docker.Container r (networkMode)",
        enforcementLevel: "advisory",
      },
    ]);
    expect(told()).toEqual([]);
  });
});

describe("the wire", () => {
  const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

  it("keeps what is secret and what is unknown apart from what is neither", () => {
    const read = marked({ a: [secret(unknown), unknown], b: { c: secret({ d: 1 }) }, e: null }) as {
      a: [{ value: unknown }, unknown];
      b: { c: { value: unknown } };
    };
    expect([read.a[0].value, read.a[1], read.b.c.value]).toEqual([UNKNOWN, UNKNOWN, { d: 1 }]);
  });

  it("takes from the configuration what is plainly there, and every secret text", () => {
    const config = new Map([
      ["smarteros:site", JSON.stringify({ drill: true, dns: { permitLoopback: true } })],
      ["smarteros:keys", JSON.stringify({ a: "a long secret", b: ["short"] })],
      ["smarteros:cipher", "[not json, but secret"],
    ]);
    expect(settingsOf("recovery", config, ["smarteros:keys", "smarteros:cipher"])).toEqual({
      stack: "recovery",
      drill: true,
      permitLoopback: true,
      secrets: ["a long secret", "[not json, but secret"],
    });
    expect(settingsOf("dev", new Map([["smarteros:site", "nonsense"]]), [])).toEqual({ ...strictest, stack: "dev" });
  });
});
