import type { StackRule } from "../core/model";
import { types } from "../core/types";
import { at, ofType } from "../core/values";

/** What depends on a service starts when it serves: a command waits for it, or the provider does. NIST SI-4, CP-10. */
export const containerWaitedFor: StackRule = {
  name: "container-waited-for",
  demands: "Every container is waited for until its health check holds",
  maps: { nist: ["SI-4", "CP-10"] },
  *checkStack(resources) {
    const commands = ofType(resources, types.remoteCommand);
    for (const container of ofType(resources, types.container)) {
      if (at(container, "wait") === true || commands.some((c) => (c.uses["create"] ?? []).includes(container.urn)))
        continue;
      yield {
        resource: container,
        property: "wait",
        value: at(container, "wait"),
        allowed: "true, or a remote.Command that is given the container's id",
        fix: "wait for it by healthyScript (components/healthy.ts)",
      };
    }
  },
};
