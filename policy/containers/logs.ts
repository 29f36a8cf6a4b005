import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, expect } from "../core/values";

/** MB of one container's logs, all files together. */
const mostMegabytes = 100;

/** Of a file that is rotated and compressed, against one that is not: text shrinks to less (Vault's audit log to a 37th). */
const compressed = 0.1;

const megabytes = (size: unknown): number => {
  const match = /^(\d+)([kmg])$/i.exec(String(size));
  return match
    ? Number(match[1]) * { k: 1e-3, m: 1, g: 1e3 }[(match[2] ?? "m").toLowerCase() as "k" | "m" | "g"]
    : Number.NaN;
};

/** Logs are rotated: they never fill the disk that holds the data. CIS Docker 2.13; NIST AU-4, SC-5. */
export const containerLogs: ResourceRule = {
  name: "container-logs",
  demands: "Every container's logs are rotated",
  maps: { cisDocker: ["2.13"], nist: ["AU-4", "SC-5"] },
  types: [types.container],
  *check(resource) {
    yield* expect(resource, "logDriver", {
      is: (v) => v === "json-file" || v === "local",
      allowed: '"json-file" or "local"',
      fix: 'set logDriver: "json-file"',
    });
    const options = at(resource, "logOpts");
    if (options === UNKNOWN) return yield { property: "logOpts", unknown: true };
    const { "max-size": size, "max-file": files, compress } = (options ?? {}) as Record<string, unknown>;
    if ([size, files, compress].includes(UNKNOWN)) return yield { property: "logOpts", unknown: true };
    const rotated = (Number(files) - 1) * (compress === "true" ? compressed : 1);
    const total = megabytes(size) * (1 + rotated);
    if (!(total <= mostMegabytes))
      yield {
        property: "logOpts",
        value: options,
        allowed: `max-size times max-file at most ${mostMegabytes} MB, where a compressed file counts a tenth`,
        fix: 'set { "max-size": "10m", "max-file": "3" }',
      };
  },
};
