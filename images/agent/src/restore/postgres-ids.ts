import { command } from "../command";

/** Of the user that runs the server. */
export async function postgresIds(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([command("id", ["-u", "postgres"]), command("id", ["-g", "postgres"])]);
  return { uid: Number(uid), gid: Number(gid) };
}
