import { isDeepStrictEqual } from "node:util";
import type { EngineEvent, StepEventStateMetadata } from "@pulumi/pulumi/automation/events";
import { plainMessage } from "../engine/events";
import type { Change, DriftedResource } from "./model";

/** What a refresh that only looks has seen. */
export interface Seen {
  readonly drifted: readonly DriftedResource[];
  /** URNs of resources that were read. */
  readonly read: ReadonlySet<string>;
  /** What the engine said went wrong: by resource, or under "" for all. */
  readonly errors: ReadonlyMap<string, string>;
}

/** Reads the events of `pulumi refresh --preview-only`. */
export function seenIn(events: readonly EngineEvent[]): Seen {
  const drifted: DriftedResource[] = [];
  const read = new Set<string>();
  const errors = new Map<string, string>();
  for (const { resOutputsEvent, resOpFailedEvent, diagnosticEvent } of events) {
    if (resOutputsEvent) {
      const { urn, type, op, old, new: live } = resOutputsEvent.metadata;
      read.add(urn);
      if (op === "delete") drifted.push({ urn, type, kind: "deleted", changes: [] });
      else if (op === "update" && old && live)
        drifted.push({ urn, type, kind: "changed", changes: changesBetween(old, live) });
    }
    if (resOpFailedEvent)
      errors.set(resOpFailedEvent.metadata.urn, errors.get(resOpFailedEvent.metadata.urn) ?? "it could not be read");
    if (diagnosticEvent?.severity === "error") {
      const where = diagnosticEvent.urn ?? "";
      const before = errors.get(where);
      const text = plainMessage(diagnosticEvent.message).replaceAll(/\s*\n\s*/g, " ");
      errors.set(where, before && before !== "it could not be read" ? `${before}; ${text}` : text);
    }
  }
  return { drifted: drifted.filter(({ kind, changes }) => kind === "deleted" || changes.length > 0), read, errors };
}

/**
 * Inputs and outputs that differ, a path each; a path that is told by the inputs is not told again by the outputs. The engine's own
 * bookkeeping (names beginning with "__") is left out.
 */
export function changesBetween(old: StepEventStateMetadata, live: StepEventStateMetadata): Change[] {
  const changes = new Map<string, Change>();
  for (const change of [...differences("", old.inputs, live.inputs), ...differences("", old.outputs, live.outputs)]) {
    if (!changes.has(change.path)) changes.set(change.path, change);
  }
  return [...changes.values()];
}

function differences(path: string, expected: unknown, actual: unknown): Change[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (isObject(expected) && isObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].filter(
      (key) => !key.startsWith("__"),
    );
    return keys.flatMap((key) => differences(path === "" ? key : `${path}.${key}`, expected[key], actual[key]));
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => differences(`${path}[${index}]`, item, actual[index]));
  }
  return [{ path, expected, actual }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
