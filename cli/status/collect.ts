import { readDriftRecord } from "../../drift/record";
import { plan } from "../../plan/plan";
import { readDrillRecord } from "../../policy/plan/drill-record";
import { askSite } from "../../outside/https";
import { lookAt, NotWell } from "../../outside/probe";
import { askAnyDns, askDns, dnsServer, moduleProbes, type ModuleProbe, type Site } from "../../outside/site";
import { answerOf, ask, type Asked } from "../ask";
import { freshness, readBackups, type BackupState } from "../backups";
import type { StackOptions } from "../context";
import { StackEngine } from "../engine";
import { containersOn, hostAccess, type Container } from "../inside";
import { accessKeysIn, type AccessKey } from "../rotate/access-keys";
import { ageSeconds, agesOf, ofGeneration, presentIn } from "../rotate/plan";
import { unasked } from "../said";
import { ownServers, recordContent } from "../providers";
import { clearConfig, primarySite, settingsOf, type LookedAt, type RawConfig, type Settings } from "../settings";
import type { CredentialAge, KnownSite, Look, ModuleLook, Outside } from "./look";

/** Deadlines in seconds. The settings come first, the rest side by side: the sum of the two, and the start of the program, is below 10. */
export const deadlines = { settings: 3, dns: 2, module: 4, backups: 5, provider: 4, inside: 5 } as const;

/** Looks at everything once. Never throws for what does not answer; @throws when the settings themselves cannot be used */
export async function collect(options: StackOptions): Promise<Look> {
  const engine = await StackEngine.find(options);
  const [config, outputs, primary] = await Promise.all([
    ask(deadlines.settings, (signal) => engine.config(signal)),
    ask(deadlines.settings, (signal) => engine.outputs(signal)),
    primarySite(options),
  ]);
  const values = answerOf(config)?.values ?? (await clearConfig(engine.configFile));
  const settings = settingsOf(values);
  const { site } = settings;
  const sites = knownSites(site, primary, answerOf(outputs));
  const backups = ask(deadlines.backups, () => readBackups(settings.store, site.backups.bucket, settings.passwords));
  const dns = site.dns.resolvers.map(async (resolver) => ({
    resolver,
    answer: await ask(deadlines.dns, () => askDns(dnsServer(resolver))(site.domain)),
  }));
  const outside = lookFromOutside(settings, fallbackAddress(sites));
  const inside = lookInside(dns, settings, primary);
  const hetzner = ask(deadlines.provider, (signal) => ownServers(settings.hetzner, site.domain, signal));
  const keys = ask(deadlines.provider, (signal) =>
    accessKeysIn({ access: settings.store, endpoint: settings.iamEndpoint }, signal),
  );
  const cloudflare = ask(deadlines.provider, (signal) =>
    recordContent(settings.cloudflare, site.dns.zoneId, site.domain, signal),
  );

  const at = new Date();
  const bucket = await backups;
  const containers = await inside;
  const active = answerOf(bucket)?.active;
  const modules = await outside;
  const drill = readDrillRecord();
  const drift = await readDriftRecord({ stack: engine.stack, configFile: engine.configFile });
  const proxy = answerOf(modules.find(({ probe }) => probe.module === "caddy")!.answer);
  return {
    at: at.toISOString(),
    domain: site.domain,
    settingsFrom: config.state === "answered" ? "engine" : "file",
    ...(config.state === "answered" ? {} : { settingsProblem: problemOf(config), settingsSaid: unasked(config) }),
    sites,
    ...(active === undefined ? {} : { activeGeneration: active }),
    ...(addressOf(sites, active) ? { activeAddress: addressOf(sites, active)! } : {}),
    proxied: site.dns.proxied,
    dns: await Promise.all(dns),
    modules: modulesOf(modules, containers, bucket, at.getTime()),
    inside: containers,
    backups: bucket,
    hetzner: await hetzner,
    cloudflare: await cloudflare,
    ...(proxy?.well
      ? { certificate: { until: new Date(proxy.certificateUntil).toISOString(), issuer: site.tls.issuer } }
      : {}),
    credentials: credentialAges(settings, values, answerOf(await keys), active ?? site.generation, at.getTime()),
    ...(drift ? { lastDrift: drift } : {}),
    ...(drill ? { lastDrill: { verdict: drill.verdict, at: new Date(drill.startedAt).toISOString() } } : {}),
  };
}

function credentialAges(
  { credentials: record }: Settings,
  values: RawConfig,
  keys: readonly AccessKey[] | undefined,
  generation: number,
  now: number,
): CredentialAge[] {
  const ages = agesOf(record, keys && ofGeneration(keys, generation));
  return presentIn(values, record).map(({ name, way }) => {
    const age = ages.get(name)!;
    const seconds = ageSeconds(age, now);
    return {
      name,
      ageSeconds: Number.isFinite(seconds) ? seconds : null,
      pending: age.pending,
      replaceable: way !== "generation",
    };
  });
}

const problemOf = (asked: Asked<unknown>): string =>
  asked.state === "silent" ? `no answer in ${asked.seconds} s` : asked.state === "failed" ? asked.reason : "";

function knownSites(
  site: LookedAt,
  primary: LookedAt | undefined,
  outputs: Record<string, unknown> | undefined,
): KnownSite[] {
  const recovered = outputs?.["address"];
  return [
    ...(primary && primary.domain === site.domain
      ? [
          {
            generation: primary.generation,
            host: primary.host.kind,
            ...(primary.host.address ? { address: primary.host.address } : {}),
          },
        ]
      : []),
    {
      generation: site.generation,
      host: site.host.kind,
      ...(typeof recovered === "string" ? { address: recovered } : {}),
    },
  ];
}

const addressOf = (sites: readonly KnownSite[], generation: number | undefined) =>
  sites.find((s) => s.generation === generation)?.address;

/** Where the site most likely is, for when no resolver answers: a dead resolver is no dead site. */
const fallbackAddress = (sites: readonly KnownSite[]) =>
  sites.findLast(({ address }) => address !== undefined)?.address;

interface ProbeLook {
  readonly probe: ModuleProbe;
  readonly answer: Asked<Outside>;
}

async function lookFromOutside({ site }: Settings, fallback: string | undefined): Promise<ProbeLook[]> {
  const byDns = askAnyDns(site.dns.resolvers.map(dnsServer));
  const reached: Site = {
    domain: site.domain,
    ca: site.tls.issuer === "acme" ? "public" : "unknown",
    resolve: async (host) => {
      const asked = await ask(deadlines.dns, () => byDns(host));
      if (asked.state === "answered") return asked.value;
      if (asked.state === "silent" && fallback !== undefined) return fallback;
      throw new Error(`DNS, ${host}: ${problemOf(asked)}`);
    },
  };
  const askIt = askSite(reached);
  return Promise.all(
    moduleProbes(site.domain).map(async (probe) => ({
      probe,
      answer: await ask(deadlines.module, async (): Promise<Outside> => {
        try {
          return { well: true, ...(await lookAt(askIt, probe, deadlines.module * 1_000)) };
        } catch (error) {
          if (error instanceof NotWell) return { well: false, said: error.message };
          throw error;
        }
      }),
    })),
  );
}

async function lookInside(
  dns: readonly Promise<{ answer: Asked<string> }>[],
  settings: Settings,
  primary: LookedAt | undefined,
): Promise<Asked<Container[]>> {
  if (settings.site.dns.proxied) return { state: "not-asked", because: "proxied" };
  const asked = await ask(deadlines.inside, async () => {
    const address = (await Promise.all(dns)).map(({ answer }) => answerOf(answer)).find((a) => a !== undefined);
    return address === undefined ? undefined : containersOn(await hostAccess(address, settings, primary));
  });
  if (asked.state !== "answered") return asked;
  return asked.value === undefined ? { state: "not-asked", because: "no-address" } : { ...asked, value: asked.value };
}

function modulesOf(
  looks: readonly ProbeLook[],
  inside: Asked<Container[]>,
  backups: Asked<BackupState>,
  now: number,
): ModuleLook[] {
  const containers = answerOf(inside);
  const newest = answerOf(backups)?.newest;
  const fresh = newest && freshness(newest.body, now);
  return plan.services.map(({ name, critical }) => {
    const { probe, answer } = looks.find((l) => l.probe.module === name)!;
    const container = containers?.find((c) => c.name === name);
    const point = fresh?.find((f) => f.module === name);
    return {
      module: name,
      critical,
      // Nothing is known of it when the one who would say it does not answer.
      outside:
        probe.kind === "dependency" && (answer.state === "silent" || answer.state === "failed")
          ? { state: "not-asked", because: "gateway-silent" }
          : answer,
      ...(container ? { inside: container } : {}),
      ...(point ? { freshness: point } : {}),
    };
  });
}
