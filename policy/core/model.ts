import type { Plan } from "../../plan/model";
import type { Settings } from "./settings";

/** A value that a preview cannot know. */
export const UNKNOWN = Symbol("known only at update");
/** A value that is marked secret. */
export class Secret {
  constructor(readonly value: unknown) {}
}

/** A resource as a policy sees it. */
export interface Resource {
  /** @example "aws:s3/bucket:Bucket" */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Inputs, with {@link UNKNOWN} and {@link Secret} in them. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  /** Properties whose change is ignored. */
  readonly ignoreChanges: readonly string[];
  /** URNs of the resources whose outputs are in a property. Known to stack policies alone. */
  readonly uses: Readonly<Record<string, readonly string[]>>;
  /** URNs that it waits for. Known to stack policies alone. */
  readonly after: readonly string[];
}

/** What policies measure against. */
export interface Context {
  readonly plan: Plan;
  readonly settings: Settings;
  /** Now, ms since the epoch. */
  readonly now: number;
}

export type Level = "mandatory" | "advisory";

/** Something that may not be so. */
export interface Violation {
  /** Stack policies name it; absent: the resource under check, or the plan. */
  readonly resource?: Resource;
  /** Path of the property. */
  readonly property: string;
  /** The value received; `undefined` is "nothing", secrets are masked. */
  readonly value: unknown;
  readonly allowed: string;
  readonly fix: string;
  /** @default the policy's own */
  readonly level?: Level;
}
/** Something that this preview cannot judge; the update will. */
export interface Unjudged {
  readonly resource?: Resource;
  readonly property: string;
  readonly unknown: true;
}
export type Finding = Violation | Unjudged;

/** Ids of the same demand in public frameworks. */
export interface Mapping {
  /** CIS Amazon Web Services Foundations Benchmark 3.0.0. */
  readonly cisAws?: readonly string[];
  /** CIS Docker Benchmark 1.6.0. */
  readonly cisDocker?: readonly string[];
  readonly checkov?: readonly string[];
  /** NIST SP 800-53 revision 5. */
  readonly nist: readonly string[];
}

interface Rule {
  /** Id, in lower case with dashes. */
  readonly name: string;
  /** The demand in one sentence. */
  readonly demands: string;
  readonly maps: Mapping;
  /** @default "mandatory" */
  readonly level?: Level;
}
/** A demand on each resource of some types by itself: checked before it is created or changed, in previews and updates. */
export interface ResourceRule extends Rule {
  readonly types: readonly string[] | "every";
  check(resource: Resource, context: Context): Iterable<Finding>;
}
/** A demand on the stack's resources together, or on the plan: checked at the end of a preview or update. */
export interface StackRule extends Rule {
  checkStack(resources: readonly Resource[], context: Context): Iterable<Finding>;
}
export type PolicyRule = ResourceRule | StackRule;
