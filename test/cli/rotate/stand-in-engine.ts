import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CreateAccessKeyCommand, DeleteAccessKeyCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { KeyPair } from "../../../cli/rotate/access-keys";
import { roles, s3Name } from "../../../cli/rotate/inventory";
import type { RotationSettings } from "../../../cli/rotate/settings";
import type { IdentityRole } from "../../../components/backup/names";
import { UpFailed } from "../../../engine/up";
import type { Host } from "../../images/site";

export interface StandInArgs {
  readonly host: Host;
  readonly iam: IAMClient;
  readonly settings: RotationSettings;
  readonly passwords: () => Promise<Readonly<Record<string, string>>>;
  /** Folder of the containers' files, by container. */
  readonly containers: string;
}

export const userOf = (role: IdentityRole): string => `backup-${role}-g1`;

/** Does with the settings what `pulumi up` does, in its order: new keys, handed out; new passwords; then the old keys go. */
export class StandInEngine {
  readonly stack = "primary";
  /** How the next update ends. */
  next: "well" | "nothing done" | "failed half-way" = "well";
  private readonly handedOut: Record<string, string | undefined> = {};
  private readonly old: { role: IdentityRole; id: string }[] = [];
  private agent: { stop(): Promise<unknown> } | undefined;

  constructor(
    private readonly args: StandInArgs,
    /** In use. */
    readonly keys: Record<IdentityRole, KeyPair>,
  ) {}

  async up(): Promise<void> {
    const ends = this.next;
    this.next = "well";
    if (ends === "nothing done") return;
    const { iam, host } = this.args;
    const record = await this.args.settings.record();
    for (const role of roles) {
      const madeAt = record[s3Name(role)]?.madeAt;
      if (madeAt === this.handedOut[role]) continue;
      const { AccessKey } = await iam
        .send(new CreateAccessKeyCommand({ UserName: userOf(role) }))
        .catch((error: Error) => {
          throw new UpFailed("primary", `creating a key: ${error.message}`, true, "log");
        });
      this.old.push({ role, id: this.keys[role].s3AccessKey });
      this.keys[role] = { s3AccessKey: AccessKey!.AccessKeyId!, s3SecretKey: AccessKey!.SecretAccessKey! };
      this.handedOut[role] = madeAt;
    }
    await this.startContainers();
    if (ends === "failed half-way") throw new UpFailed("primary", "odoo does not become healthy", true, "log");
    for (const [database, password] of Object.entries(await this.args.passwords()))
      await host.query("postgres", `alter role ${database} with password '${password}'`);
    for (const { role, id } of this.old.splice(0))
      await iam.send(new DeleteAccessKeyCommand({ UserName: userOf(role), AccessKeyId: id }));
  }

  /** Those that hold a key begin anew with it: agent, guard, and PostgreSQL's archiving, which reads it for each segment. */
  async startContainers(): Promise<void> {
    const { host, containers } = this.args;
    await this.agent?.stop();
    const secrets = join(host.dir, "secrets.json");
    const was = JSON.parse(await readFile(secrets, "utf8")) as KeyPair;
    for (const file of [secrets, join(host.dir, "pgbackrest.conf")]) {
      const text = (await readFile(file, "utf8"))
        .replaceAll(was.s3AccessKey, this.keys.writer.s3AccessKey)
        .replaceAll(was.s3SecretKey, this.keys.writer.s3SecretKey);
      await writeFile(file, text);
    }
    for (const [container, role] of [
      ["agent", "writer"],
      ["guard", "guard"],
    ] as const) {
      const file = join(containers, container, "run", "secrets", `${container}.json`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(this.keys[role]));
    }
    const stop = new AbortController();
    const agent = host.agent("run", undefined, { reject: false, cancelSignal: stop.signal });
    this.agent = { stop: () => (stop.abort(), agent) };
  }

  async end(): Promise<void> {
    await this.agent?.stop();
  }

  secretOutputs = async (): Promise<Record<string, unknown>> => ({ readerKeys: this.keys.reader });
  idsOf = async (type: string): Promise<string[]> =>
    type === "aws:iam/user:User"
      ? roles.map(userOf)
      : [...roles.map((role) => this.keys[role].s3AccessKey), ...this.old.map(({ id }) => id)];
  cancel = async (): Promise<void> => undefined;
}
