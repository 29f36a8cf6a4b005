import { type Repositories, type RepositoryAccess, type Said, withRepositories } from "../repositories";

export interface CheckArgs extends RepositoryAccess {
  /** How much of the data is read back: a random part of the files' in percent, or everything, PostgreSQL's too. */
  readonly read: number | "everything";
}

export interface Checked {
  readonly repository: "postgres" | "files";
  readonly ok: boolean;
  /** What was asked, and the last that it said. */
  readonly evidence: string;
  readonly seconds: number;
}

/**
 * Looks at the repositories of one generation where they are: their structure, and as much of the data as is asked for. Restores nothing and
 * writes nothing, no lock either. Of the keys no more is used than reading that generation.
 */
export const checkRepositories = ({ read, ...access }: CheckArgs): Promise<Checked[]> =>
  withRepositories(access, (repositories) => Promise.all([postgres(repositories, read), files(repositories, read)]));

async function postgres({ pgbackrest }: Repositories, read: CheckArgs["read"]): Promise<Checked> {
  const said = await pgbackrest(read === "everything" ? ["verify", "--output=text", "--verbose"] : ["info"]);
  // What it says counts, whatever it ends with: "status: ok", or an error.
  const sound = /status: ok/.test(said.all) && !/status: error/.test(said.all);
  return checked("postgres", said, said.ok && sound);
}

async function files({ restic }: Repositories, read: CheckArgs["read"]): Promise<Checked> {
  const data = read === "everything" ? "--read-data" : `--read-data-subset=${read}%`;
  const said = await restic(["check", "--no-lock", data]);
  return checked("files", said, said.ok);
}

const checked = (repository: Checked["repository"], { asked, last, seconds }: Said, ok: boolean): Checked => ({
  repository,
  ok,
  evidence: `${asked}: ${last}`,
  seconds,
});
