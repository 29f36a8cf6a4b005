import { z } from "zod";

/** What the switchover is told on stdin; holds secrets. */
export const switchoverSpec = z.strictObject({
  domain: z.string(),
  /** The generation that takes over, and the one that serves. */
  generation: z.number().int().min(2),
  from: z.number().int().min(1),
  /** Who does it, "user@host". */
  operator: z.string(),
  /** The host that serves; absent: it is not known any more, since this generation was claimed long ago. */
  active: z
    .strictObject({ address: z.ipv4(), user: z.string(), privateKeyFile: z.string(), hostKey: z.string() })
    .optional(),
  /** Containers that write, or that make others write: they stop there. */
  services: z.array(z.string()).min(1),
  bucket: z.string(),
  /** Credentials as the operator's machine has them; absent: the SDK's defaults. */
  aws: z.strictObject({
    region: z.string(),
    endpoint: z.string().optional(),
    accessKey: z.string().optional(),
    secretKey: z.string().optional(),
    profile: z.string().optional(),
  }),
  /** By which the last backup is proved. */
  passwords: z.strictObject({ postgres: z.string(), files: z.string() }),
});
export type SwitchoverSpec = z.infer<typeof switchoverSpec>;

/** What the switchover prints on stdout; its exit code is 0 only then. */
export const switchoverResult = z.strictObject({
  /** When the first service was told to stop, by the operator's clock; null: an earlier run did it, and could not tell. */
  pausedAt: z.iso.datetime().nullable(),
  /** From when on nobody writes, by the clock of the site that served. */
  quiescedAt: z.iso.datetime().nullable(),
  /** The last backup: it holds every write that was acknowledged. */
  manifestKey: z.string(),
});
export type SwitchoverResult = z.infer<typeof switchoverResult>;
