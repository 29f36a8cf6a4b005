import { z } from "zod";
import { s3Location } from "./agent";

/** The data folder by which the boot guard tells the host's containers, and where they see it. */
export const guardSet = "guard";
export const guardPath = "/run/smarteros-guard";

/** What is in the folder. */
export const guardFiles = {
  /** Changes twice a second while services may start. */
  beat: "beat",
  /** Is there when services must stop; says why. */
  down: "down",
} as const;

/** `/etc/smarteros/guard.json` in the guard: nothing secret in it. */
export const guardConfig = z.strictObject({
  generation: z.number().int().min(1),
  s3: s3Location,
  /** Seconds between two questions to S3. */
  askSeconds: z.number().positive().default(15),
  /** What happens at a boot while S3 does not answer: "wait" until it does, or "start" and say so. */
  withoutS3: z.enum(["wait", "start"]),
});
export type GuardConfig = z.infer<typeof guardConfig>;

/** `/run/secrets/guard.json`: a key that can list names in the bucket, and nothing else. */
export const guardSecrets = z.strictObject({ s3AccessKey: z.string(), s3SecretKey: z.string() });
export type GuardSecrets = z.infer<typeof guardSecrets>;
