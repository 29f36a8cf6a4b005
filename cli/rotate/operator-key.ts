import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { utils } from "ssh2";
import { quote } from "../../components/host/scripts";
import { runOverSsh, type SshHost } from "../../components/host/ssh";
import type { GateCheck } from "../../contracts/gate";
import { newSshKey } from "../../toolchain/sshkeys";

export interface OperatorKeyArgs {
  /** The operator's private key, as the settings name it; `FILE.next` and `FILE.old` lie beside it while it is being replaced. */
  readonly file: string;
  /** Every host that it opens, without a key. */
  readonly hosts: readonly SshHost[];
  /** Names the new key in authorized_keys. */
  readonly comment: string;
  /** A step is done, in the operator's words. */
  readonly onStep: (step: "authorised" | "swapped" | "removed") => void;
  readonly signal: AbortSignal;
}

/**
 * Replaces the operator's SSH key in place: the new one is let in on every host and logs in there, takes the old one's place in its file, and only
 * then is the old one taken away. The file opens every host at every moment; which files there are says how far an earlier run has come.
 * @returns what was proved, host by host
 * @throws what a host said; before the swap nothing was taken away, after it the new key is the one that is used
 */
export async function replaceOperatorKey({
  file,
  hosts,
  comment,
  onStep,
  signal,
}: OperatorKeyArgs): Promise<GateCheck[]> {
  const next = `${file}.next`;
  const old = `${file}.old`;
  const onEach = (privateKey: string, script: string) =>
    Promise.all(hosts.map((host) => runOverSsh({ ...host, privateKey }, script, { deadline: 30_000, signal })));
  const text = (path: string) => readFile(path, "utf8").catch(() => undefined);

  if ((await text(old)) === undefined) {
    const current = await readFile(file, "utf8");
    const fresh = (await text(next)) ?? (await writeKey(next, newSshKey(comment).privateKey));
    await onEach(current, authoriseScript(publicKeyOf(fresh), comment));
    await onEach(fresh, "true");
    onStep("authorised");
    await link(file, old);
  }
  // In one step: whoever reads the file finds the one or the other.
  if ((await text(next)) !== undefined) await rename(next, file);
  onStep("swapped");
  const [fresh, before] = [await readFile(file, "utf8"), await readFile(old, "utf8")];
  if (publicKeyOf(before) === publicKeyOf(fresh))
    throw new Error(
      `${old}: holds the key in use, whose successor is lost; fix: remove it, and run the same command again`,
    );
  await onEach(fresh, removeScript(publicKeyOf(before), publicKeyOf(fresh)));
  onStep("removed");
  const checks = (await Promise.all(hosts.map((host) => proveOn(host, fresh, before)))).flat();
  if (checks.every(({ ok }) => ok)) await rm(old);
  return checks;
}

/** A file of which there is all or nothing. @returns its text */
async function writeKey(path: string, privateKey: string): Promise<string> {
  await writeFile(`${path}.part`, privateKey, { mode: 0o600 });
  await rename(`${path}.part`, path);
  return privateKey;
}

/** "ssh-ed25519 AAAA...". @throws when it is no private key, or locked by a passphrase */
export function publicKeyOf(privateKey: string): string {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error)
    throw new Error(
      `smarteros:site.ssh.privateKeyFile: not a private key (${parsed.message}); fix: an unencrypted OpenSSH key`,
    );
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

const blob = (publicKey: string) => quote(publicKey.split(" ")[1]!);

/** Changes who may log in as whoever runs it, all at once: sshd never reads half of it. @param change writes $new, which begins as a copy */
const rewriteScript = (change: string): string => `set -eu
umask 077
file=$HOME/.ssh/authorized_keys
mkdir -p "$HOME/.ssh"
[ -e "$file" ] || : > "$file"
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new"' EXIT
cp -p "$file" "$new"
${change}
mv "$new" "$file"
`;

/** Lets a key in beside those that are. Run again it changes nothing. */
export const authoriseScript = (publicKey: string, comment: string): string =>
  rewriteScript(`grep -qF ${blob(publicKey)} "$new" || {
  [ -z "$(tail -c 1 "$new")" ] || echo >> "$new"
  printf '%s\\n' ${quote(`${publicKey} ${comment}`)} >> "$new"
}`);

/** Takes a key away, with whatever options it stood there; never the last one, and not before its successor is there. */
export const removeScript = (publicKey: string, successor: string): string =>
  rewriteScript(`grep -qF ${blob(successor)} "$file" || { echo "the new key is not in $file: the old one stays" >&2; exit 1; }
grep -vF ${blob(publicKey)} "$file" > "$new"`);

/** That the new key opens a host, and the old one no more, wherever else sshd may look for keys. */
async function proveOn(host: SshHost, fresh: string, before: string): Promise<GateCheck[]> {
  const logsIn = (privateKey: string) =>
    runOverSsh({ ...host, privateKey }, "true", { deadline: 30_000 }).then(
      () => ({ in: true, said: "logged in" }),
      (error: Error & { level?: string }) => ({
        in: error.level === "client-authentication" ? false : undefined,
        said: error.message,
      }),
    );
  const [now, then] = await Promise.all([logsIn(fresh), logsIn(before)]);
  return [
    { name: `ssh.operator: ${host.host} takes the new key`, ok: now.in === true, evidence: now.said },
    { name: `ssh.operator: ${host.host} refuses the old key`, ok: then.in === false, evidence: then.said },
  ];
}
