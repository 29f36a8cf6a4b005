import type { Hono } from "hono";
import { z } from "zod";

/** One thing that a role depends on, as its health path reports it. `detail` names what is missing and where. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const count = z.number().int().nonnegative();

/** Body of POST /_drill/seed. Each role creates what it keeps of this; the counts are per tenant. Seeding again adds only what lacks. */
export const seedRequest = z.strictObject({
  tenants: z.array(z.strictObject({ rut: z.string().min(1), name: z.string().min(1) })),
  /** Odoo's product templates, Metabase's cards. @default 50 */
  products: count.default(50),
  /** Chatwoot's conversations, of three messages each. @default 20 */
  conversations: count.default(20),
  /** n8n's workflows, Botpress' bots, Dokploy's applications. @default 5 */
  workflows: count.default(5),
  /** Files in the role's file set. @default 20 */
  files: count.default(20),
  /** Bytes of each such file. @default 4096 */
  fileBytes: count.default(4096),
});
export type SeedRequest = z.infer<typeof seedRequest>;

/** Body of POST /_drill/write. `target` is where the numbered write goes; only the gateway knows "vault". */
export const writeRequest = z.strictObject({
  n: z.number().int().positive(),
  target: z.enum(["database", "vault"]).default("database"),
});
export type WriteRequest = z.infer<typeof writeRequest>;

/** Answer of GET /_drill/last: highest number found in each place; 0 is none. A place that the role does not have is absent. */
export interface LastWrites {
  readonly rows: number;
  readonly files?: number;
  readonly vault?: number;
}

/** The endpoints of the drill's own, which the real applications do not have. */
export interface DrillActions {
  /** Returns how many of each kind now exist, by kind. */
  seed(request: SeedRequest): Promise<Record<string, number>>;
  /** Resolves only when the write is on disk: the row committed, its file synced, Vault's answer received. */
  write(request: WriteRequest): Promise<void>;
  last(): Promise<LastWrites>;
}

/** A role whose database is there and whose tables exist. */
export interface RunningRole {
  /** What the application answers besides its health paths. */
  readonly routes: Hono;
  /** Every dependency, asked now; never throws: a failure is a check that is not ok. */
  checks(): Promise<Check[]>;
  readonly drill: DrillActions;
  close(): Promise<void>;
}

/** One of the seven applications. */
export interface Role {
  /** Port of the real application. */
  readonly port: number;
  /** Health paths of the real application; all answer alike, 503 when any check fails. */
  readonly healthPaths: readonly string[];
  /** Body of a passed health check, in the real application's words. */
  healthyBody(checks: readonly Check[]): object;
  /**
   * Connects, creates what is missing, and resolves when the role can serve.
   * @param root what every absolute path of the application is below: "/" in a container, a scratch folder in a test
   * @throws when the environment is wrong or the database does not come in time.
   */
  start(env: NodeJS.ProcessEnv, root: string): Promise<RunningRole>;
}

/** Runs a probe as a check: what it returns is the detail, what it throws is the failure. */
export async function check(name: string, probe: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await probe() };
  } catch (error) {
    return { name, ok: false, detail: describe(error) };
  }
}

/** The message of an error with those of its causes: connection errors hide theirs in `cause` or `errors`. */
export function describe(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(describe).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
