import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, expect, isOneOf } from "../core/values";

/** A command that is given something by stdin prints nothing into the log of the engine. NIST AU-9, SI-11. */
export const secretsCommandLogging: ResourceRule = {
  name: "secrets-command-logging",
  demands: "What is done with secrets is not logged",
  maps: { nist: ["AU-9", "SI-11"] },
  types: [types.remoteCommand, types.localCommand],
  *check(resource) {
    const stdin = at(resource, "stdin");
    if (stdin === undefined && resource.inputs["stdin"] !== UNKNOWN) return;
    yield* expect(resource, "logging", { is: isOneOf("none"), allowed: '"none"', fix: 'set logging: "none"' });
  },
};
