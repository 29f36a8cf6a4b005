import { UNKNOWN } from "../../../policy/core/model";
import { types } from "../../../policy/core/types";
import { context, later, resource, type Case, type Inputs } from "../fixtures";

const record = (inputs: Inputs, name = "api") =>
  resource(types.dnsRecord, name, { zoneId: "z", name: "api.a.cl", type: "A", ...inputs });
const one = (inputs: Inputs) => ({ resources: [record(inputs)] });
const drill = context({ settings: { permitLoopback: true } });

export const dnsCases: Record<string, Case> = {
  "dns-content-public": {
    compliant: [
      one({ content: "5.9.0.1" }),
      one({ type: "AAAA", content: "2a01:4f8::1" }),
      one({ type: "TXT", content: "10.0.0.1" }),
      { ...one({ content: "127.10.0.3" }), context: drill },
    ],
    violating: [
      {
        ...one({ content: "127.10.0.3" }),
        says: [
          'cloudflare.DnsRecord api, content: received "127.10.0.3"; allowed: a public address; fix: use the host\'s public address',
        ],
      },
      {
        ...one({ content: "10.1.2.3" }),
        context: drill,
        says: [
          'cloudflare.DnsRecord api, content: received "10.1.2.3"; allowed: a public address, or loopback (a drill); fix: use the host\'s public address',
        ],
      },
      {
        ...one({ content: "a.cl" }),
        says: [
          'cloudflare.DnsRecord api, content: received "a.cl"; allowed: a public address; fix: use the host\'s public address',
        ],
      },
      {
        ...one({ type: "AAAA", content: "fd00::1" }),
        says: [
          'cloudflare.DnsRecord api, content: received "fd00::1"; allowed: a public address; fix: use the host\'s public address',
        ],
      },
    ],
    unknown: { ...one({ content: UNKNOWN }), says: [later("cloudflare.DnsRecord api", "content")] },
  },
  "dns-ttl": {
    compliant: [one({ ttl: 60 }), one({ ttl: 1, proxied: true })],
    violating: [
      {
        ...one({ ttl: 3600 }),
        says: [
          'cloudflare.DnsRecord api, ttl: received 3600; allowed: 2 to 60 seconds, or proxied; fix: set smarteros:site.dns.ttl to "60 seconds"',
        ],
      },
      {
        ...one({ ttl: 60, proxied: true }),
        says: ["cloudflare.DnsRecord api, ttl: received 60; allowed: 1 (automatic), as it is proxied; fix: set ttl: 1"],
      },
    ],
    unknown: { ...one({ ttl: UNKNOWN }), says: [later("cloudflare.DnsRecord api", "ttl")] },
  },
  "dns-one-record": {
    compliant: [{ resources: [record({}), record({ name: "odoo.a.cl" }, "odoo"), record({ type: "AAAA" }, "api6")] }],
    violating: [
      {
        resources: [record({}), record({ name: "API.a.cl." }, "second")],
        says: [
          'cloudflare.DnsRecord second, name: received "API.a.cl."; allowed: one record of type A; api is one already; fix: take the existing record over (components/site-dns.ts)',
        ],
      },
    ],
    unknown: {
      resources: [record({}), record({ name: UNKNOWN }, "second")],
      says: [later("cloudflare.DnsRecord second", "name")],
    },
  },
};
