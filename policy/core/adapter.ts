import type {
  PolicyResource,
  ReportViolation,
  ResourceValidation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { isViolation, unjudgedMessage, violationMessage } from "./message";
import type { Context, Finding, Level, PolicyRule, Resource, ResourceRule, StackRule, Unjudged } from "./model";
import { marked, type Wire } from "./wire";

/** A report with a level of its own: @pulumi/policy takes an object, though its type names text alone (server.ts, makeReportViolationFun). */
type ReportAt = (report: { message: string; enforcementLevel: Level; urn?: string }) => void;

/**
 * Turns rules into the policies of a pack. What a preview cannot judge is gathered, and told once a policy at the preview's end, as advice: an update
 * calls each policy again with the values, before the resource is touched.
 */
export function policiesOf(
  rules: readonly PolicyRule[],
  wire: Wire,
  context: () => Context,
): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const unjudged = new Map<string, Unjudged[]>();
  const collect = (
    rule: PolicyRule,
    findings: Iterable<Finding>,
    report: ReportViolation,
    checked?: Resource,
  ): void => {
    const reportAt = report as unknown as ReportAt;
    for (const found of findings) {
      if (!isViolation(found))
        unjudged.set(rule.name, [
          ...(unjudged.get(rule.name) ?? []),
          { ...found, resource: found.resource ?? checked },
        ]);
      else
        reportAt({
          message: violationMessage(found, checked),
          enforcementLevel: found.level ?? rule.level ?? "mandatory",
          urn: (found.resource ?? checked)?.urn,
        });
    }
  };
  const common = (rule: PolicyRule) => ({
    name: rule.name,
    description: rule.demands,
    enforcementLevel: rule.level ?? "mandatory",
    tags: Object.values(rule.maps).flat() as string[],
  });

  const ofResource = (rule: ResourceRule): ResourceValidationPolicy => {
    const validate: ResourceValidation = (args, report) => {
      if (rule.types !== "every" && !rule.types.includes(args.type))
        args.notApplicable(`only for ${rule.types.join(", ")}`);
      const resource = resourceOf(args, wire);
      collect(rule, rule.check(resource, context()), report, resource);
    };
    // With its one type on it, the function is not called for others, and their inputs are not decoded for it (server.ts, makeAnalyzeRpcFun).
    const oneType = rule.types !== "every" && rule.types.length === 1 ? { __pulumiType: rule.types[0] } : {};
    return { ...common(rule), validateResource: Object.assign(validate, oneType) };
  };
  const ofStack = (rule: StackRule): StackValidationPolicy => ({
    ...common(rule),
    validateStack: (args, report) =>
      collect(
        rule,
        rule.checkStack(
          args.resources.map((r) => stackResourceOf(r, wire)),
          context(),
        ),
        report,
      ),
  });
  const knownAtUpdate: StackValidationPolicy = {
    name: "known-at-update",
    // Advisory: nothing is wrong, it is only too early to say. The update judges, and is refused if need be.
    enforcementLevel: "advisory",
    description: "What a preview cannot know is named, so that a clean preview says no more than it has seen",
    validateStack: (_, report) => {
      for (const [name, all] of unjudged)
        (report as unknown as ReportAt)({ message: `${name}: ${unjudgedMessage(all)}`, enforcementLevel: "advisory" });
      unjudged.clear();
    },
  };
  return [...rules.map((rule) => ("checkStack" in rule ? ofStack(rule) : ofResource(rule))), knownAtUpdate];
}

const resourceOf = (args: ResourceValidationArgs, wire: Wire): Resource => ({
  type: args.type,
  name: args.name,
  urn: args.urn,
  inputs: wire.inputs(args.urn) ?? {},
  protect: args.opts.protect,
  ignoreChanges: args.opts.ignoreChanges ?? [],
  uses: {},
  after: [],
});

/** A stack policy is given outputs; the inputs of the same run say what was asked for. A resource that the run left alone has outputs only. */
function stackResourceOf(r: PolicyResource, wire: Wire): Resource {
  const inputs =
    wire.inputs(r.urn) ??
    (marked((r.props as { __getSpecialProxyTarget?: unknown }).__getSpecialProxyTarget ?? {}) as Record<
      string,
      unknown
    >);
  return {
    type: r.type,
    name: r.name,
    urn: r.urn,
    inputs,
    protect: r.opts.protect,
    ignoreChanges: r.opts.ignoreChanges ?? [],
    uses: Object.fromEntries(
      Object.entries(r.propertyDependencies).map(([property, all]) => [property, all.map((d) => d.urn)]),
    ),
    after: r.dependencies.map((d) => d.urn),
  };
}
