import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** A registry's user and password. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Only the part that is used; the file belongs to Docker and holds more. */
const dockerConfig = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).default({}),
});

/**
 * What `docker login` stored for a registry in `$DOCKER_CONFIG/config.json`; undefined: ask anonymously.
 * Credential helpers are not asked.
 * @throws when the file is there but cannot be read
 */
export function dockerCredentials(registry: string, env: NodeJS.ProcessEnv = process.env): Credentials | undefined {
  const file = join(env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"), "config.json");
  const { auths } = readConfig(file);
  const keys =
    registry === "docker.io" ? ["https://index.docker.io/v1/", "docker.io"] : [registry, `https://${registry}`];
  const auth = keys.map((key) => auths[key]?.auth).find((value) => value);
  if (!auth) return undefined;
  const [username = "", ...password] = Buffer.from(auth, "base64").toString("utf8").split(":");
  return { username, password: password.join(":") };
}

function readConfig(file: string): z.infer<typeof dockerConfig> {
  try {
    return dockerConfig.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return { auths: {} };
    // The cause of a JSON error quotes the file, which holds passwords: it is not passed on.
    throw new Error(
      `${file}: is not Docker's configuration; fix: "docker login" again, or point DOCKER_CONFIG elsewhere`,
    );
  }
}
