import { z } from "zod";
import { told } from "./told";

/** Every way there is to keep the old site from serving and from writing. */
export const fenceWays = ["ssh", "hetzner", "hostinger", "writer-keys"] as const;
export type FenceWay = (typeof fenceWays)[number];

/** Ports by which a site answers: `ssh` only says that its host lives, the others that it serves. */
export const fencePorts = { ssh: 22, http: 80, https: 443 } as const;
export const fencePort = z.enum(["ssh", "http", "https"]);
export type FencePort = z.infer<typeof fencePort>;

/** Credentials as the operator's machine has them; absent: the SDK's defaults. */
const aws = z.strictObject({
  region: z.string(),
  s3Endpoint: z.string().optional(),
  iamEndpoint: z.string().optional(),
  accessKey: z.string().optional(),
  secretKey: z.string().optional(),
  profile: z.string().optional(),
});

/** What the fence is told on stdin; holds secrets. */
export const fenceSpec = z.strictObject({
  domain: z.string(),
  /** The generation that begins: every older one of this site is fenced off. */
  generation: z.number().int().min(2),
  /** Who does it, "user@host". */
  operator: z.string(),
  /** Where the old site is, or may be. */
  addresses: z.array(z.ipv4()),
  /** Absent: SSH is not tried. */
  ssh: z.strictObject({ user: z.string(), privateKeyFile: z.string(), hostKey: z.string() }).optional(),
  bucket: z.string(),
  aws,
  /** Absent: no server at Hetzner is looked for. */
  hetzner: z.strictObject({ endpoint: z.url(), token: z.string() }).optional(),
  /** Absent: the VPS is not switched off by its provider. */
  hostinger: z.strictObject({ endpoint: z.url(), token: z.string(), virtualMachine: z.number().int() }).optional(),
  /** Why the recovery goes on although the old site could not be fenced off. */
  acceptSplitBrain: z.string().optional(),
});
export type FenceSpec = z.infer<typeof fenceSpec>;

export const fenceAttempt = z.strictObject({
  way: z.enum(fenceWays),
  /** "skipped": it is not configured, and `detail` says what would be. */
  outcome: z.enum(["done", "failed", "skipped"]),
  detail: z.string(),
  /** The same as data; absent: another program said it. */
  told: told.optional(),
  seconds: z.number().nonnegative(),
});
export type FenceAttempt = z.infer<typeof fenceAttempt>;

/** What answered at an address. */
export const answer = z.strictObject({ address: z.string(), port: fencePort });
export type Answer = z.infer<typeof answer>;

/** What the fence prints on stdout; its exit code is 0 only with one of these verdicts. */
export const fenceResult = z.strictObject({
  /** dead: nothing answers. fenced: it was stopped. split-brain: it may go on, and a person took the consequences. */
  verdict: z.enum(["dead", "fenced", "split-brain"]),
  decidedAt: z.iso.datetime(),
  /** From the beginning of the fence to its decision. */
  seconds: z.number().nonnegative(),
  attempts: z.array(fenceAttempt),
  answeredBefore: z.array(answer),
  answeredAfter: z.array(answer),
  /** Only with split-brain: the reason that was given, and what is still open. */
  accepted: z.strictObject({ reason: z.string(), risks: z.array(z.string()) }).optional(),
});
export type FenceResult = z.infer<typeof fenceResult>;
