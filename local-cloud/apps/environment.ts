import { z } from "zod";

/**
 * Reads a role's settings from the environment, under the real application's names. Other variables are ignored, as the
 * real applications do.
 * @throws naming every missing or malformed variable at once.
 */
export function readEnvironment<T extends z.ZodType>(role: string, schema: T, env: NodeJS.ProcessEnv): z.infer<T> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join(".");
    return `  ${name}: ${env[name] === undefined ? "not set" : issue.message}`;
  });
  throw new Error(
    `${role}: environment variables missing or wrong:\n${problems.join("\n")}\n` +
      `fix: set them in the container's environment, or in /run/secrets/smarteros.env when secret`,
  );
}

/** A variable that must be set and not empty. */
export const text = z.string().min(1);
/** A TCP port. */
export const port = z.coerce.number().int().min(1).max(65535);
/** A key that something is encrypted with. @param length fewest characters that the real application accepts */
export const key = (length = 16) => z.string().min(length, `a key of at least ${length} characters`);
/** A connection string of PostgreSQL. */
export const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: "a URL postgres://user:password@host:port/database",
});
