import { Secret, UNKNOWN, type Finding, type Resource, type Unjudged, type Violation } from "./model";
import { shortType } from "./types";

/** @example "aws.s3.Bucket backups" */
export const resourceName = (resource: Resource | undefined): string =>
  resource ? `${shortType(resource.type)} ${resource.name}` : "the plan";

/** Longest value that a message shows, characters. */
const longest = 120;

/** A value for people: secrets masked, unknowns named, long ones cut. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Secret ? "[secret]" : inner === UNKNOWN ? "[known at update]" : inner,
  );
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

export const isViolation = (finding: Finding): finding is Violation => !("unknown" in finding);

/** Resource, property, value, limit and fix, in one line. */
export const violationMessage = (found: Violation, checked?: Resource): string =>
  `${resourceName(found.resource ?? checked)}, ${found.property}: received ${shown(found.value)}; allowed: ${found.allowed}; fix: ${found.fix}`;

/** One line for everything that a policy could not judge in a preview. @example "docker.Container odoo (image, envs[1])" */
export const unjudgedMessage = (all: readonly Unjudged[], checked?: Resource): string => {
  const properties = new Map<string, string[]>();
  for (const { resource, property } of all) {
    const name = resourceName(resource ?? checked);
    properties.set(name, [...(properties.get(name) ?? []), property]);
  }
  const where = [...properties].map(([name, list]) => `${name} (${[...new Set(list)].join(", ")})`);
  return `known only at update, and judged then, before the resource is touched: ${where.join("; ")}`;
};
