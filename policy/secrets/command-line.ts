import { Secret, UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { secretIn } from "./recognise";

/**
 * A command line is seen by every user of the host, and is in the message of a command that fails, so a mark does not help: no secret is on it, marked
 * or not. Secrets go in by stdin. NIST IA-5(7), SC-28.
 */
export const secretsCommandLine: ResourceRule = {
  name: "secrets-command-line",
  demands: "No secret is on a command line",
  maps: { nist: ["IA-5(7)", "SC-28"] },
  types: [types.remoteCommand, types.localCommand],
  *check(resource, { settings }) {
    for (const property of ["create", "update", "delete"]) {
      const value = resource.inputs[property];
      if (value === UNKNOWN) yield { property, unknown: true };
      const why =
        value instanceof Secret
          ? "a command line marked secret"
          : typeof value === "string"
            ? secretIn(value, settings.secrets)
            : undefined;
      if (why) yield { property, value: why, allowed: "nothing secret", fix: "pass it by stdin" };
    }
  },
};
