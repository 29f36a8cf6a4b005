import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { utils } from "ssh2";
import { askAnyDns, dnsServer } from "../../outside/site";
import { examine as examineToolchain } from "../../toolchain/doctor";
import { ask, type Asked } from "../ask";
import { readBackups } from "../backups";
import type { Run, StackOptions } from "../context";
import { StackEngine } from "../engine";
import { sayError } from "../error-words";
import { exitCodes } from "../exit-codes";
import type { Language } from "../language";
import { ownServers, recordContent } from "../providers";
import { primarySite, settingsOf, type LookedAt } from "../settings";
import { colours, plainTable } from "../table";
import { SaidError, unasked } from "../said";
import { doctorWords, toolchainText } from "./words";

/** A part that a recovery from this machine needs. */
export interface Finding {
  readonly part: string;
  readonly ok: boolean;
  /** What is used, or what is wrong and how to mend it. */
  readonly found: string;
}

/** Seconds for each question. */
const deadline = 5;

/** The toolchain, the credentials, and whether everything that a recovery needs answers. Changes nothing. */
export async function examine(options: StackOptions, lang: Language): Promise<Finding[]> {
  const t = doctorWords[lang];
  const toolchain = examineToolchain().then((all) =>
    all.map(({ part, ok, found, fix }) => {
      const said = toolchainText(found, lang);
      return { part: toolchainText(part, lang), ok, found: fix ? `${said}; ${t.fix}: ${fix}` : said };
    }),
  );
  return [...(await toolchain), ...(await examineRecovery(options, lang))];
}

async function examineRecovery(options: StackOptions, lang: Language): Promise<Finding[]> {
  const t = doctorWords[lang];
  const finding = <T>(part: keyof typeof t.part, asked: Asked<T>, shown: (value: T) => string): Finding => ({
    part: t.part[part],
    ok: asked.state === "answered",
    found: asked.state === "answered" ? shown(asked.value) : unasked(asked)(lang),
  });
  const engine = await ask(deadline, () => StackEngine.find(options));
  if (engine.state !== "answered") return [finding("settings", engine, String)];
  const [config, outputs, primary] = await Promise.all([
    ask(deadline, (signal) => engine.value.config(signal)),
    ask(deadline, (signal) => engine.value.outputs(signal)),
    ask(deadline, async () => (await primarySite(options))?.host.address ?? "-"),
  ]);
  const secrets = finding("secrets", config, ({ secretKeys }) => secretKeys.join(", "));
  const state = finding("state", outputs, (all) => `${engine.value.stack}: ${Object.keys(all).join(", ") || "-"}`);
  if (config.state !== "answered") return [secrets, state];
  const read = await ask(deadline, async () => settingsOf(config.value.values));
  const settings = finding("settings", read, ({ site }) => `${engine.value.configFile}: ${site.domain}`);
  if (read.state !== "answered") return [secrets, state, settings];

  const { site, store, passwords, hetzner, cloudflare } = read.value;
  const [key, s3, servers, record, dns] = await Promise.all([
    ask(deadline, () => operatorKey(site)),
    ask(deadline, () => readBackups(store, site.backups.bucket, passwords)),
    ask(deadline, (signal) => ownServers(hetzner, site.domain, signal)),
    ask(deadline, (signal) => recordContent(cloudflare, site.dns.zoneId, site.domain, signal)),
    ask(deadline, () => askAnyDns(site.dns.resolvers.map(dnsServer))(site.domain)),
  ]);
  return [
    settings,
    secrets,
    state,
    finding("key", key, String),
    finding("s3", s3, ({ newest }) => newest?.key ?? "-"),
    finding("hetzner", servers, (all) => all.map(({ name }) => name).join(", ") || "-"),
    finding("cloudflare", record, String),
    finding("dns", dns, String),
    finding("primary", primary, String),
  ];
}

/** @returns the key's file @throws when it cannot be read, or holds no key */
async function operatorKey({ ssh }: LookedAt): Promise<string> {
  if (!ssh) throw new SaidError(sayError("noSsh"));
  const file = ssh.privateKeyFile.replace(/^~\//, `${homedir()}/`);
  const parsed = utils.parseKey(await readFile(file));
  if (parsed instanceof Error) throw new SaidError(sayError("notAPrivateKey", file, parsed.message));
  return file;
}

/** `smarter doctor` */
export const run: Run<StackOptions & { json?: boolean }> = async ({ lang, output }, options) => {
  const t = doctorWords[lang];
  const c = colours();
  const findings = await examine(options, lang);
  const missing = findings.filter(({ ok }) => !ok).length;
  output.print(
    options.json
      ? JSON.stringify({ ready: missing === 0, findings }, null, 2)
      : `${plainTable(
          ["", "", ""],
          findings.map(({ part, ok, found }) => [ok ? c.green("✓") : c.red("✗"), part, found]),
        ).trimStart()}\n\n${missing === 0 ? c.green(t.ready) : c.red(t.missing(missing))}`,
  );
  return missing === 0 ? exitCodes.ok : exitCodes.degraded;
};
