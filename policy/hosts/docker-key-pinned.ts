import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

const required = ["StrictHostKeyChecking=yes", "BatchMode=yes"];

/** The Docker Engine is reached through ssh with a pinned host key, or by a local socket. NIST IA-3, SC-8, SC-23. */
export const dockerKeyPinned: ResourceRule = {
  name: "docker-key-pinned",
  demands: "The Docker provider connects only to the host whose key is pinned",
  maps: { nist: ["IA-3", "SC-8", "SC-23"] },
  types: [types.dockerProvider],
  *check(resource) {
    const host = at(resource, "host");
    if (typeof host === "string" && host.startsWith("unix://")) return;
    if (host !== UNKNOWN && (typeof host !== "string" || !host.startsWith("ssh://")))
      return yield {
        property: "host",
        value: host,
        allowed: "ssh://... or unix://...",
        fix: "reach the engine through ssh",
      };
    const given = at(resource, "sshOpts");
    if (given === UNKNOWN) return yield { property: "sshOpts", unknown: true };
    // A provider's lists travel as JSON text.
    const options = (typeof given === "string" ? JSON.parse(given) : (given ?? [])) as string[];
    const missing = [
      ...required.filter((o) => !options.includes(o)),
      ...(options.some((o) => o.startsWith("UserKnownHostsFile=/") && o !== "UserKnownHostsFile=/dev/null")
        ? []
        : ["UserKnownHostsFile=FILE"]),
    ];
    if (missing.length > 0)
      yield {
        property: "sshOpts",
        value: options,
        allowed: `with -o ${missing.join(", -o ")}`,
        fix: "use components/host/connection.ts, sshOptions",
      };
  },
};
