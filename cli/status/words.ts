import { drillVerdict } from "../drill/words";
import type { Words } from "../language";
import type { Problem, Verdict } from "./judge";
import type { KnownSite } from "./look";

type Of<I extends Problem["id"]> = Extract<Problem, { id: I }>;

/** Durations and moments arrive as text. */
interface StatusWords {
  readonly verdict: Readonly<Record<Verdict, string>>;
  readonly because: string;
  /** @param cleanAt what to recover to when the newest sets are encrypted */
  readonly declareHow: (command: string, cleanAt: string | undefined) => string;
  readonly perhapsBlind: string;
  readonly site: string;
  readonly active: string;
  readonly generation: (n: number, host: string, address: string) => string;
  readonly unknown: string;
  readonly host: Readonly<Record<KnownSite["host"], string>>;
  readonly dns: string;
  readonly certificate: string;
  readonly left: (duration: string) => string;
  readonly backups: string;
  readonly newestSet: (age: string, key: string) => string;
  readonly verified: string;
  readonly recovery: string;
  readonly servers: (n: number) => string;
  readonly drift: string;
  readonly neverChecked: string;
  readonly drifted: (n: number) => string;
  readonly driftUnchecked: (n: number) => string;
  readonly policiesBroken: (n: number) => string;
  readonly policiesLeftOut: string;
  readonly checkedAgo: (age: string) => string;
  readonly credentials: string;
  readonly oldest: (name: string, age: string, limit: string) => string;
  readonly ageUnknown: (n: number) => string;
  readonly lastDrill: string;
  readonly never: string;
  readonly drillNext: (last: string, verdict: string, next: string) => string;
  readonly module: string;
  readonly outside: string;
  readonly inside: string;
  readonly point: string;
  readonly critical: string;
  readonly well: string;
  readonly noAnswerIn: (duration: string) => string;
  readonly notAsked: string;
  readonly ago: (age: string, rpo: string) => string;
  readonly nothingToLose: string;
  readonly lacking: string;
  readonly triggers: string;
  readonly trigger: {
    readonly criticalModules: (down: string, limit: number) => string;
    readonly noneDown: string;
    readonly apiLatency: (seconds: string, limit: string) => string;
    readonly apiSilent: (seconds: string, limit: string) => string;
    readonly apiUnreached: string;
    readonly databaseUp: string;
    readonly databaseDown: (said: string) => string;
    readonly databaseUnknown: string;
    readonly ransomware: (sets: string) => string;
    readonly encrypted: (set: string, percent: number, of: number, since: string) => string;
    readonly holdUnreadable: (set: string, key: string) => string;
    readonly ransomwareNone: string;
    readonly ransomwareUnknown: string;
  };
  readonly problems: string;
  readonly problem: {
    readonly [I in Problem["id"]]: (
      p: Of<I>,
      text: { duration(s: number): string; bytes(n: number): string; days(s: number): string; moment(iso: string): string },
    ) => string;
  };
  readonly watching: (seconds: number) => string;
}

/** The words of `smarter status`. */
export const statusWords: Words<StatusWords> = {
  en: {
    verdict: { healthy: "Healthy", degraded: "Degraded", declare: "Declare a disaster" },
    because: "because",
    declareHow: (command, at) =>
      at
        ? `A person declares. To recover, from before the encryption: ${command} --at ${at}`
        : `A person declares. To recover: ${command}`,
    perhapsBlind:
      "Nothing else answers either (DNS, S3, Hetzner, Cloudflare): look at this machine's own network before you declare.",
    site: "Site",
    active: "Active",
    generation: (n, host, address) => `generation ${n}, ${host}, ${address}`,
    unknown: "not known",
    host: { existing: "existing server", hetzner: "Hetzner" },
    dns: "DNS",
    certificate: "Certificate",
    left: (duration) => `${duration} left`,
    backups: "Backups",
    newestSet: (age, key) => `newest valid set ${age} old (${key})`,
    verified: "signatures hold",
    recovery: "Recovery",
    servers: (n) => (n === 1 ? "1 server of this site" : `${n} servers of this site`),
    drift: "Drift",
    neverChecked: "not checked from here; npm run drift",
    drifted: (n) => (n === 0 ? "as the program left it" : `${n} resource(s) drifted`),
    driftUnchecked: (n) => `${n} resource(s) could not be asked`,
    policiesBroken: (n) => (n === 0 ? "policies hold" : `${n} mandatory policy violation(s)`),
    policiesLeftOut: "policies left out",
    checkedAgo: (age) => `${age} ago`,
    credentials: "Credentials",
    oldest: (name, age, limit) => `oldest ${age} of ${limit} (${name})`,
    ageUnknown: (n) => `age of ${n} not known`,
    lastDrill: "Last drill",
    never: "none on record",
    drillNext: (last, verdict, next) => `${last}, ${verdict}; the next by ${next}`,
    module: "Module",
    outside: "Outside",
    inside: "Inside",
    point: "Would lose, of RPO",
    critical: "critical",
    well: "well",
    noAnswerIn: (duration) => `no answer in ${duration}`,
    notAsked: "not asked",
    ago: (age, rpo) => `${age} of ${rpo}`,
    nothingToLose: "nothing to lose",
    lacking: "not in the newest set",
    triggers: "When to declare (the plan's triggers)",
    trigger: {
      criticalModules: (down, limit) => `critical modules that do not answer well: ${down}; the limit is ${limit}`,
      noneDown: "none",
      apiLatency: (seconds, limit) => `the API took ${seconds}; the limit is ${limit}`,
      apiSilent: (seconds, limit) =>
        `the API has not answered for ${seconds}; the limit is ${limit} (--watch goes on looking)`,
      apiUnreached: "the API was not reached: no latency",
      databaseUp: "the database answers",
      databaseDown: (said) => `the database cannot be reached: ${said}`,
      databaseUnknown: "the database could not be asked: neither the gateway nor the host answers",
      ransomware: (sets) => `looks like ransomware: ${sets}; backups are held (docs/runbook.md, "Files are encrypted")`,
      encrypted: (set, share, of, since) => `set ${set}: ${share} % of ${of} changed files look encrypted since ${since}`,
      holdUnreadable: (set, key) => `set ${set}: held, and ${key} cannot be read`,
      ransomwareNone: "no file set looks encrypted",
      ransomwareUnknown: "whether a file set looks encrypted is not known: the backup store gave no answer",
    },
    problems: "Not as it should be",
    problem: {
      modules: ({ modules }) => `not answering well from outside: ${modules.join(", ")}`,
      inside: ({ container, state }) => `container ${container}: ${state}`,
      rpo: ({ module, ageSeconds, rpoSeconds }, { duration }) =>
        ageSeconds === undefined
          ? `${module}: no restorable point in the newest set; allowed: ${duration(rpoSeconds)}`
          : `${module}: its newest restorable point is ${duration(ageSeconds)} old; allowed: ${duration(rpoSeconds)}`,
      dns: ({ resolver, answered, expected }) =>
        `DNS at ${resolver} answers ${answered}; the active site is at ${expected}`,
      "dns-silent": ({ resolver }) => `DNS at ${resolver} gave no answer`,
      certificate: ({ secondsLeft }, { days }) => `the certificate ends in ${days(secondsLeft)}`,
      "backups-silent": () => "the backup store gave no answer: what could be restored is not known",
      "no-valid-set": () => "no valid backup set: nothing could be restored",
      "skipped-sets": ({ count }) => `${count} newer backup set(s) are not valid`,
      surge: ({ of, bytes: written, usual }, { bytes }) =>
        `the last cycle ${of === "wal" ? "wrote" : "added"} ${bytes(written)} ${of === "wal" ? "of WAL" : "of files to the backups"}, usually ${bytes(usual)}: an import, or everything is being written anew`,
      "recovery-begun": ({ generation, by, since }, { moment }) =>
        `a recovery (generation ${generation}) was begun by ${by} on ${moment(since)} and does not serve yet`,
      "provider-silent": ({ provider }) => `${provider} gave no answer: a recovery would need it`,
      settings: () => "the engine did not give the settings: read from the file, without secrets",
      drift: ({ names, at }, { moment }) =>
        `not as the program left it (checked ${moment(at)}): ${names.join(", ")}; npm run drift says how to reconcile`,
      policies: ({ names, at }, { moment }) =>
        `mandatory policies are broken (checked ${moment(at)}): ${names.join(", ")}`,
      credentials: ({ names, limitSeconds }, { days }) =>
        `older than ${days(limitSeconds)}: ${names.join(", ")}; smarter rotate --older-than ${limitSeconds / 86_400}d`,
      "rotation-begun": ({ names }) =>
        `being replaced, and not proved to be in force: ${names.join(", ")}; smarter rotate goes on`,
      "drill-due": ({ since }, { moment }) =>
        since ? `a drill is overdue since ${moment(since)}; npm run drill` : "no drill on record; npm run drill",
      "drill-failed": ({ verdict }) => `the last drill ended as "${drillVerdict(verdict, "en")}"`,
    },
    watching: (seconds) => `looking again every ${seconds} s; Ctrl-C ends it`,
  },
  es: {
    verdict: { healthy: "Sano", degraded: "Degradado", declare: "Declarar un desastre" },
    because: "porque",
    declareHow: (command, at) =>
      at
        ? `Declara una persona. Para recuperar, desde antes del cifrado: ${command} --at ${at}`
        : `Declara una persona. Para recuperar: ${command}`,
    perhapsBlind:
      "Tampoco responde nada más (DNS, S3, Hetzner, Cloudflare): mire la red de esta misma máquina antes de declarar.",
    site: "Sitio",
    active: "Activo",
    generation: (n, host, address) => `generación ${n}, ${host}, ${address}`,
    unknown: "desconocido",
    host: { existing: "servidor existente", hetzner: "Hetzner" },
    dns: "DNS",
    certificate: "Certificado",
    left: (duration) => `quedan ${duration}`,
    backups: "Respaldos",
    newestSet: (age, key) => `el conjunto válido más nuevo tiene ${age} (${key})`,
    verified: "firmas correctas",
    recovery: "Recuperación",
    servers: (n) => (n === 1 ? "1 servidor de este sitio" : `${n} servidores de este sitio`),
    drift: "Deriva",
    neverChecked: "no se revisó desde aquí; npm run drift",
    drifted: (n) => (n === 0 ? "como la dejó el programa" : `${n} recurso(s) con deriva`),
    driftUnchecked: (n) => `no se pudo preguntar por ${n} recurso(s)`,
    policiesBroken: (n) => (n === 0 ? "las políticas se cumplen" : `${n} infracción(es) de políticas obligatorias`),
    policiesLeftOut: "sin las políticas",
    checkedAgo: (age) => `hace ${age}`,
    credentials: "Credenciales",
    oldest: (name, age, limit) => `la más antigua, ${age} de ${limit} (${name})`,
    ageUnknown: (n) => `antigüedad desconocida de ${n}`,
    lastDrill: "Último simulacro",
    never: "ninguno registrado",
    drillNext: (last, verdict, next) => `${last}, ${verdict}; el próximo antes del ${next}`,
    module: "Módulo",
    outside: "Desde fuera",
    inside: "Desde dentro",
    point: "Se perdería, del RPO",
    critical: "crítico",
    well: "bien",
    noAnswerIn: (duration) => `sin respuesta en ${duration}`,
    notAsked: "sin preguntar",
    ago: (age, rpo) => `${age} de ${rpo}`,
    nothingToLose: "nada que perder",
    lacking: "falta en el conjunto más nuevo",
    triggers: "Cuándo declarar (criterios del plan)",
    trigger: {
      criticalModules: (down, limit) => `módulos críticos que no responden bien: ${down}; el límite es ${limit}`,
      noneDown: "ninguno",
      apiLatency: (seconds, limit) => `la API tardó ${seconds}; el límite es ${limit}`,
      apiSilent: (seconds, limit) =>
        `la API no responde desde hace ${seconds}; el límite es ${limit} (--watch sigue mirando)`,
      apiUnreached: "no se llegó a la API: no hay latencia",
      databaseUp: "la base de datos responde",
      databaseDown: (said) => `la base de datos es inaccesible: ${said}`,
      databaseUnknown: "no se pudo preguntar por la base de datos: no responden ni la API ni el servidor",
      ransomware: (sets) =>
        `parece ransomware: ${sets}; los respaldos quedan retenidos (docs/runbook.md, "Files are encrypted")`,
      encrypted: (set, share, of, since) =>
        `conjunto ${set}: ${share} % de ${of} archivos cambiados parecen cifrados desde el ${since}`,
      holdUnreadable: (set, key) => `conjunto ${set}: retenido, y no se puede leer ${key}`,
      ransomwareNone: "ningún conjunto de archivos parece cifrado",
      ransomwareUnknown: "no se sabe si algún conjunto de archivos parece cifrado: el almacén de respaldos no respondió",
    },
    problems: "Lo que no está como debe",
    problem: {
      modules: ({ modules }) => `no responden bien desde fuera: ${modules.join(", ")}`,
      inside: ({ container, state }) => `contenedor ${container}: ${state}`,
      rpo: ({ module, ageSeconds, rpoSeconds }, { duration }) =>
        ageSeconds === undefined
          ? `${module}: sin punto restaurable en el conjunto más nuevo; permitido: ${duration(rpoSeconds)}`
          : `${module}: su punto restaurable más nuevo tiene ${duration(ageSeconds)}; permitido: ${duration(rpoSeconds)}`,
      dns: ({ resolver, answered, expected }) =>
        `el DNS en ${resolver} responde ${answered}; el sitio activo está en ${expected}`,
      "dns-silent": ({ resolver }) => `el DNS en ${resolver} no respondió`,
      certificate: ({ secondsLeft }, { days }) => `el certificado vence en ${days(secondsLeft)}`,
      "backups-silent": () => "el almacén de respaldos no respondió: no se sabe qué se podría restaurar",
      "no-valid-set": () => "ningún conjunto de respaldo válido: no se podría restaurar nada",
      "skipped-sets": ({ count }) => `${count} conjunto(s) de respaldo más nuevos no son válidos`,
      surge: ({ of, bytes: written, usual }, { bytes }) =>
        `el último ciclo ${of === "wal" ? "escribió" : "agregó"} ${bytes(written)} ${of === "wal" ? "de WAL" : "de archivos a los respaldos"}, normalmente ${bytes(usual)}: una importación, o se está reescribiendo todo`,
      "recovery-begun": ({ generation, by, since }, { moment }) =>
        `una recuperación (generación ${generation}) fue iniciada por ${by} el ${moment(since)} y aún no sirve`,
      "provider-silent": ({ provider }) => `${provider} no respondió: una recuperación lo necesitaría`,
      settings: () => "el motor no entregó la configuración: se leyó del archivo, sin secretos",
      drift: ({ names, at }, { moment }) =>
        `no está como lo dejó el programa (revisado el ${moment(at)}): ${names.join(", ")}; npm run drift dice cómo corregirlo`,
      policies: ({ names, at }, { moment }) =>
        `se infringen políticas obligatorias (revisado el ${moment(at)}): ${names.join(", ")}`,
      credentials: ({ names, limitSeconds }, { days }) =>
        `con más de ${days(limitSeconds)}: ${names.join(", ")}; smarter rotate --older-than ${limitSeconds / 86_400}d`,
      "rotation-begun": ({ names }) =>
        `en reemplazo, sin prueba de que estén en uso: ${names.join(", ")}; smarter rotate continúa`,
      "drill-due": ({ since }, { moment }) =>
        since
          ? `un simulacro está vencido desde el ${moment(since)}; npm run drill`
          : "ningún simulacro registrado; npm run drill",
      "drill-failed": ({ verdict }) => `el último simulacro terminó como «${drillVerdict(verdict, "es")}»`,
    },
    watching: (seconds) => `se vuelve a mirar cada ${seconds} s; Ctrl-C termina`,
  },
};
