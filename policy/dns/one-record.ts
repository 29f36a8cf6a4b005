import { UNKNOWN, type Resource, type StackRule } from "../core/model";
import { types } from "../core/types";
import { at, ofType } from "../core/values";

/** Two A records of one name are answered in turn: half of the visitors would go to the host that is dead. NIST SC-20, SC-22. */
export const dnsOneRecord: StackRule = {
  name: "dns-one-record",
  demands: "A name has one record of a type",
  maps: { nist: ["SC-20", "SC-22"] },
  *checkStack(resources) {
    const seen = new Map<string, Resource>();
    for (const record of ofType(resources, types.dnsRecord)) {
      const [zone, name, type] = ["zoneId", "name", "type"].map((p) => at(record, p));
      if (name === UNKNOWN || type === UNKNOWN) {
        yield { resource: record, property: name === UNKNOWN ? "name" : "type", unknown: true };
        continue;
      }
      const key = [zone === UNKNOWN ? "" : zone, String(name).toLowerCase().replace(/\.$/, ""), type].join(" ");
      const other = seen.get(key);
      if (other)
        yield {
          resource: record,
          property: "name",
          value: name,
          allowed: `one record of type ${String(type)}; ${other.name} is one already`,
          fix: "take the existing record over (components/site-dns.ts)",
        };
      else seen.set(key, record);
    }
  },
};
