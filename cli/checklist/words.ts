import { checklist, type ChecklistId } from "../../plan/organisation";
import { moment } from "../clock";
import type { Language, Words } from "../language";

/** The checklist's items in English; in Spanish the plan's own words. */
const english: Readonly<Record<ChecklistId, string>> = {
  "containers-up": "All containers are up",
  "gateway-health": "API Gateway answers /health",
  "postgres-connections": "PostgreSQL takes connections",
  "vault-unsealed": "Vault is unsealed",
  "tls-valid": "TLS certificates are valid",
  "dns-active": "DNS resolves to the active site",
  "tenants-sample": "Sample tenants are validated",
  "shopify-webhooks": "Shopify webhooks work",
  "whatsapp-chatwoot": "WhatsApp reaches Chatwoot",
  "logs-rotating": "Logs rotate",
  "backups-running": "Automatic backups run again",
  "monitoring-active": "Monitoring is active",
  "incident-documented": "The incident is documented",
};

export const itemText = (id: ChecklistId, lang: Language): string =>
  lang === "en" ? english[id] : checklist.find((item) => item.id === id)!.text;

interface ChecklistWords {
  readonly title: string;
  readonly complete: (n: number) => string;
  readonly open: (open: number, all: number) => string;
  readonly watching: (seconds: number) => string;
}

/** The words of `smarter checklist`. */
export const checklistWords: Words<ChecklistWords> = {
  en: {
    title: "Checklist after a recovery",
    complete: (n) => `all ${n} items hold`,
    open: (open, all) => `${open} of ${all} items do not hold`,
    watching: (seconds) => `looking again every ${seconds} s until all hold; Ctrl-C ends it`,
  },
  es: {
    title: "Checklist posterior a la recuperación",
    complete: (n) => `se cumplen los ${n} puntos`,
    open: (open, all) => `no se cumplen ${open} de ${all} puntos`,
    watching: (seconds) => `se vuelve a mirar cada ${seconds} s hasta que se cumplan todos; Ctrl-C termina`,
  },
};

/** Moments arrive as ISO 8601. */
interface EvidenceWords {
  readonly absent: (container: string) => string;
  readonly containersWell: (n: number) => string;
  readonly activeHost: (why: string) => string;
  readonly noCertificate: () => string;
  readonly noCertificateOf: (modules: string) => string;
  readonly certificates: (n: number, firstEnds: string) => string;
  /** Signed by the site's own authority. */
  readonly certificatesOfOurs: (n: number, firstEnds: string) => string;
  readonly addressUnknown: () => string;
  readonly resolverSilent: (resolver: string) => string;
  readonly activeSite: (address: string) => string;
  readonly fewTenants: (found: number, asked: number) => string;
  readonly endlessLogs: (containers: string) => string;
  readonly logsRotate: (n: number) => string;
  readonly noValidSet: () => string;
  readonly newestSet: (generation: number, key: string, seconds: number) => string;
  readonly unwatched: (containers: string) => string;
  readonly stayDown: (containers: string) => string;
  readonly watched: (n: number, agent: string) => string;
  readonly noIncident: () => string;
  readonly notGated: () => string;
  readonly gated: (at: string, checks: string) => string;
}

/** What is seen of the checklist's items. */
export const evidenceWords: Words<EvidenceWords> = {
  en: {
    absent: (container) => `${container}: not there`,
    containersWell: (n) => `${n} containers run and are healthy`,
    activeHost: (why) => `the active host: ${why}`,
    noCertificate: () => "no certificate seen of any module",
    noCertificateOf: (modules) => `no certificate seen of ${modules}`,
    certificates: (n, first) => `${n} names served with valid certificates; the first ends ${moment(first, "en")}`,
    certificatesOfOurs: (n, first) =>
      `${n} names served with valid certificates (the site's own authority, whose signature is not checked from here); the first ends ${moment(first, "en")}`,
    addressUnknown: () => "the active site's address is not known",
    resolverSilent: (resolver) => `${resolver}: no answer`,
    activeSite: (address) => `active site: ${address}`,
    fewTenants: (found, asked) => `${found} tenants in smarteros:site.tenants, the plan asks for ${asked}`,
    endlessLogs: (containers) => `grow without end: ${containers}`,
    logsRotate: (n) => `logs of ${n} containers rotate`,
    noValidSet: () => "no valid backup set of the active generation",
    newestSet: (generation, key, seconds) =>
      `generation ${generation}: newest set ${key}, ${seconds} s old, both signatures hold`,
    unwatched: (containers) => `nobody looks at: ${containers}`,
    stayDown: (containers) => `stay down when they fall: ${containers}`,
    watched: (n, agent) =>
      `${n} health checks run and restart what falls; the agent's, which holds backups to their RPO: ${agent}`,
    noIncident: () => "no incident report of this generation",
    notGated: () => "the recovery's gate did not look at it",
    gated: (at, checks) => `gate of ${moment(at, "en")}: ${checks}`,
  },
  es: {
    absent: (container) => `${container}: no está`,
    containersWell: (n) => `${n} contenedores funcionan y están sanos`,
    activeHost: (why) => `el servidor activo: ${why}`,
    noCertificate: () => "no se vio el certificado de ningún módulo",
    noCertificateOf: (modules) => `no se vio el certificado de ${modules}`,
    certificates: (n, first) =>
      `${n} nombres servidos con certificados válidos; el primero vence el ${moment(first, "es")}`,
    certificatesOfOurs: (n, first) =>
      `${n} nombres servidos con certificados válidos (de la autoridad propia del sitio, cuya firma no se comprueba desde aquí); el primero vence el ${moment(first, "es")}`,
    addressUnknown: () => "no se sabe la dirección del sitio activo",
    resolverSilent: (resolver) => `${resolver}: sin respuesta`,
    activeSite: (address) => `sitio activo: ${address}`,
    fewTenants: (found, asked) => `${found} tenants en smarteros:site.tenants, el plan pide ${asked}`,
    endlessLogs: (containers) => `crecen sin límite: ${containers}`,
    logsRotate: (n) => `rotan los logs de ${n} contenedores`,
    noValidSet: () => "ningún conjunto de respaldo válido de la generación activa",
    newestSet: (generation, key, seconds) =>
      `generación ${generation}: conjunto más nuevo ${key}, de hace ${seconds} s, ambas firmas correctas`,
    unwatched: (containers) => `nadie vigila: ${containers}`,
    stayDown: (containers) => `no se levantan si caen: ${containers}`,
    watched: (n, agent) =>
      `${n} controles de salud funcionan y reinician lo que cae; el del agente, que exige a los respaldos su RPO: ${agent}`,
    noIncident: () => "no hay informe de incidente de esta generación",
    notGated: () => "la validación de la recuperación no lo revisó",
    gated: (at, checks) => `validación del ${moment(at, "es")}: ${checks}`,
  },
};
