import { z } from "zod";
import type { ServiceName } from "../plan/model";
import { sampleTenants } from "../plan/organisation";
import { plan } from "../plan/plan";
import { parseRut } from "../plan/rut";
import { seconds } from "../plan/units";
import { SaidError } from "../words/said";
import { existingHost, hetznerHost, oldSite } from "./config-host";
import { parsed } from "./config-meta";
import { sayConfig } from "./problem-words";
import { credentialRecord } from "./secrets/record";

/** Every image the site runs, by service, and the backup agent's. */
export const imageNames = [...plan.services.map((s) => s.name), "agent"] as const;
export type ImageName = ServiceName | "agent";

/** `repo/name:tag@sha256:...`: a tag for people, a digest for the machine. A digest that was never resolved is not invented. */
const imageRef = z.string().regex(/^[^\s@]+:[^\s@:/]+@sha256:[0-9a-f]{64}$/);

/** A tenant's RUT. @throws for those of the committed examples, eight equal digits: a gate that looks for them would never open */
function tenantRut(text: string): string {
  const rut = parseRut(text);
  if (/^(\d)\1{7}-/.test(rut))
    throw new SaidError(sayConfig("exampleRut", JSON.stringify(text)));
  return rut;
}

const tenant = z.strictObject({
  rut: parsed(tenantRut).meta({
    description: "Its RUT; the check digit is verified.",
    allowed: "a RUT such as 76192083-9 or 76.192.083-9",
  }),
  name: z.string().min(1).meta({ description: "Its name, for the report.", allowed: "a text" }),
});

export const siteSchema = z.strictObject({
  domain: z
    .string()
    .regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/)
    .meta({
      description: "The site's domain; the services are at names below it.",
      allowed: "a domain name in lower case",
      fix: "write it as smarterbot.cl",
    }),
  generation: z.number().int().min(1).meta({
    description:
      "This life of the site, and where in the bucket it writes. The first primary is 1; each recovery and failback is one more.",
    allowed: "a whole number from 1",
  }),
  restoreFrom: z.number().int().min(1).optional().meta({
    description: "The generation whose backups are restored. Absent: a new site that starts empty.",
    allowed: "a whole number below generation; needed in the recovery",
  }),
  host: z
    .discriminatedUnion("kind", [existingHost, hetznerHost])
    .meta({ description: "Where the site runs.", allowed: "an existing server or one at Hetzner" }),
  ssh: z
    .strictObject({
      user: z
        .string()
        .min(1)
        .default("root")
        .meta({ description: "Who logs in.", allowed: "a user that may run docker" }),
      privateKeyFile: z.string().min(1).meta({
        description: "The operator's private key.",
        allowed: "a path; ~ is the home folder; unencrypted",
        fix: "ssh-keygen -t ed25519 -f FILE, then name FILE",
      }),
      operatorNetworks: z
        .array(z.cidrv4())
        .min(1)
        .superRefine((all, ctx) => {
          const said = sayConfig("wholeWorld", JSON.stringify(all));
          if (all.some((c) => c.endsWith("/0")))
            ctx.addIssue({ code: "custom", message: said("en"), params: { said } });
        })
        .meta({
          description: "Who may reach port 22 of a server at Hetzner.",
          allowed: "networks as CIDR, at least one, not the whole world",
          fix: "your own public address and /32",
        }),
    })
    .meta({ description: "How the hosts are reached.", allowed: "a map" }),
  fence: oldSite.prefault({}).meta({
    description: "How the site that is replaced is kept from serving and writing, before anything is restored.",
    allowed: "a map; only with restoreFrom",
  }),
  guard: z
    .strictObject({
      withoutS3: z.enum(["wait", "start"]).default("wait").meta({
        description:
          "What the host's services do at a boot while S3 does not answer, which alone knows whether another site is active.",
        allowed: "wait (until it answers) or start (and say so)",
      }),
    })
    .prefault({})
    .meta({
      description: "The boot guard: services start only while this generation is the newest.",
      allowed: "a map",
    }),
  images: z
    .strictObject(Object.fromEntries(imageNames.map((n) => [n, imageRef])) as Record<ImageName, typeof imageRef>)
    .meta({
      description: `The image of each container: ${imageNames.join(", ")}.`,
      allowed: "name:tag@sha256:<64 hex digits>",
      fix: 'write name:tag and run "npm run images:pin", which asks the image\'s registry for the digest',
    }),
  backups: z
    .strictObject({
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{1,53}[a-z0-9]$/)
        .meta({
          description: "The backup bucket; its replica is the same name with -replica.",
          allowed: "3 to 55 lower-case letters, digits and dashes, unique in all of S3",
        }),
      region: z
        .string()
        .min(1)
        .meta({ description: "Where the bucket is.", allowed: "a region of AWS, the same as aws:region" }),
      replicaRegion: z.string().min(1).meta({ description: "Where the replica bucket is.", allowed: "another region" }),
      endpoint: z
        .strictObject({
          host: z.string().min(1).meta({
            description: "Its name, as the hosts reach it.",
            allowed: "a DNS name that its certificate holds",
          }),
          port: z
            .number()
            .int()
            .min(1)
            .max(65_535)
            .default(443)
            .meta({ description: "Its port (HTTPS).", allowed: "1 to 65535" }),
          caPem: z.string().includes("BEGIN CERTIFICATE").optional().meta({
            description: "The authority that signed its certificate, if hosts do not know it.",
            allowed: "PEM",
          }),
        })
        .optional()
        .meta({
          description: "An S3-compatible store instead of AWS. The program itself reaches it by aws:endpoints.",
          allowed: "a map",
        }),
    })
    .meta({ description: "Where backups are written and restored from.", allowed: "a map" }),
  tls: z
    .discriminatedUnion("issuer", [
      z.strictObject({
        issuer: z.literal("acme").meta({
          description:
            "Who signs the site's certificates: Let's Encrypt, or Caddy's own authority (for a site that is not public).",
          allowed: "acme or internal",
        }),
        email: z.email().meta({ description: "Where Let's Encrypt sends its warnings.", allowed: "an e-mail address" }),
      }),
      z.strictObject({ issuer: z.literal("internal") }),
    ])
    .meta({ description: "The site's certificates.", allowed: "a map with issuer" }),
  dns: z
    .strictObject({
      zoneId: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .meta({
          description: "The domain's zone at Cloudflare.",
          allowed: "32 hex digits",
          fix: "take it from the zone's overview page at Cloudflare, under API",
        }),
      ttl: parsed(seconds)
        .refine((s) => s >= 60 && s <= 86_400)
        .prefault("60 seconds")
        .meta({
          description: "How long an old answer may live in caches.",
          unit: "seconds, minutes, hours or days",
          allowed: 'a number, a space and a unit, such as "60 seconds"; 60 seconds to 1 day (Cloudflare\'s limits)',
          fix: 'write "60 seconds"',
        }),
      proxied: z
        .boolean()
        .default(false)
        .meta({ description: "Whether Cloudflare's proxy stands before the site.", allowed: "true or false" }),
      resolvers: z
        .array(z.string().regex(/^\d{1,3}(\.\d{1,3}){3}(:\d+)?$/))
        .min(1)
        .default(["1.1.1.1", "8.8.8.8"])
        .meta({
          description: "Resolvers that are asked, after the move, whether the world sees it.",
          allowed: "address or address:port, at least one",
        }),
      permitLoopback: z.boolean().default(false).meta({
        description: "Lets DNS records point to private and loopback addresses.",
        allowed: "true only together with drill",
      }),
    })
    .meta({ description: "The site's DNS records.", allowed: "a map" }),
  tenants: z
    .array(tenant)
    .min(1)
    .meta({
      description: `Sample tenants whose rows and files the gate looks for; the plan's checklist asks for ${sampleTenants}.`,
      allowed: "a list of { rut, name }, at least one",
    }),
  drill: z
    .boolean()
    .default(false)
    .meta({ description: "Enables the stand-in applications' write endpoints.", allowed: "true only in a drill" }),
});

/** Keys beside the site and its secrets (secrets/schema.ts). */
export const recoverySchema = z.strictObject({
  targetTime: z.iso.datetime({ offset: true }).optional().meta({
    description: "Restore to this moment. Absent: the newest valid backup set.",
    allowed: "ISO 8601 with a zone, in the past, such as 2026-11-23T21:05:00Z",
    fix: "write 2026-11-23T21:05:00Z",
  }),
  acceptSplitBrain: z.string().min(10).optional().meta({
    description:
      "Why the recovery goes on although the old site may still serve and write. Absent: it is refused. It stands in the report.",
    allowed: "a reason, at least 10 characters",
    fix: "say who decided it, and why",
  }),
  switchover: z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number)
    .optional()
    .meta({
      description:
        "The generation that takes over from a site that still serves: that one is stopped once everything here is ready, and its last backup is restored. `smarter failback` sets it. Another generation than this has no effect.",
      allowed: "the number of a generation",
      fix: "pulumi config rm recovery:switchover",
    }),
});

/** Keys of the site's own namespace that are neither the site nor a secret. */
export const modeSchema = z.strictObject({
  asStandby: z
    .stringbool({ truthy: ["true"], falsy: ["false"] })
    .default(false)
    .meta({
      description:
        "Of a primary that another site has replaced: sets it up without services, DNS and backups, ready to take over again.",
      allowed: "true or false; true only while a newer generation is active",
      fix: "true or false",
    }),
  credentials: credentialRecord.optional(),
});

/** The site's settings. Durations are seconds, sizes bytes. */
export type SiteConfig = z.infer<typeof siteSchema>;
