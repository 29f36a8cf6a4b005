import { Secret, UNKNOWN, type Finding, type Resource } from "./model";

/** A value without the mark of a secret, at its top. */
export const clear = (value: unknown): unknown => (value instanceof Secret ? value.value : value);

/**
 * The value at a path ("rules[0].destination.bucket"): `undefined` when nothing is there, {@link UNKNOWN} when it, or something around it,
 * is not known yet. Marks of secrets are taken off on the way.
 */
export function at(resource: Pick<Resource, "inputs">, path: string): unknown {
  let here: unknown = resource.inputs;
  for (const key of path.split(/[.[\]]+/).filter(Boolean)) {
    if (here === UNKNOWN || here === undefined || here === null) break;
    here = clear((here as Record<string, unknown>)[key]);
  }
  return here ?? undefined;
}

/** The list at a path; a missing one is empty. */
export function listAt(resource: Pick<Resource, "inputs">, path: string): readonly unknown[] | typeof UNKNOWN {
  const found = at(resource, path);
  if (found === UNKNOWN) return UNKNOWN;
  return Array.isArray(found) ? found.map(clear) : found === undefined ? [] : [found];
}

/** Whether an unknown is anywhere in a value. */
export function holdsUnknown(value: unknown): boolean {
  const inner = clear(value);
  if (inner === UNKNOWN) return true;
  return typeof inner === "object" && inner !== null && Object.values(inner).some(holdsUnknown);
}

/** How a property is judged. */
export interface Expectation {
  readonly is: (value: unknown) => boolean;
  /** What would be right, in words. */
  readonly allowed: string;
  readonly fix: string;
  /** True where a preview must see the value: an unknown one is then a violation itself. @default false */
  readonly literal?: boolean;
}

/** Judges one property: nothing, a violation, or an unknown that the update will judge. */
export function* expect(
  resource: Resource,
  path: string,
  { is, allowed, fix, literal = false }: Expectation,
): Generator<Finding> {
  const value = at(resource, path);
  if (holdsUnknown(value)) {
    if (!literal) yield { resource, property: path, unknown: true };
    else
      yield {
        resource,
        property: path,
        value: "a value that is known only at update",
        allowed: `${allowed}, as a literal`,
        fix: "pass the figure itself, not an Output",
      };
  } else if (!is(value)) yield { resource, property: path, value, allowed, fix };
}

export const isOneOf =
  (...allowed: readonly unknown[]) =>
  (value: unknown) =>
    allowed.includes(value);
export const isAtLeast = (least: number) => (value: unknown) => typeof value === "number" && value >= least;
export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Resources of some types. */
export const ofType = (resources: readonly Resource[], ...wanted: readonly string[]) =>
  resources.filter((r) => wanted.includes(r.type));

/** Whether a property of one resource names another: by an equal value, or by its output where that is not known yet. */
export function refersTo(from: Resource, property: string, to: Resource, values: readonly unknown[]): boolean {
  const value = at(from, property);
  return (
    (from.uses[property] ?? []).includes(to.urn) || (value !== UNKNOWN && value !== undefined && values.includes(value))
  );
}
