import { checklist, type ChecklistId } from "../../plan/organisation";
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
  readonly evidence: string;
  readonly item: string;
  readonly noAnswer: (seconds: number) => string;
  readonly watching: (seconds: number) => string;
}

/** The words of `smarter checklist`. */
export const checklistWords: Words<ChecklistWords> = {
  en: {
    title: "Checklist after a recovery",
    complete: (n) => `all ${n} items hold`,
    open: (open, all) => `${open} of ${all} items do not hold`,
    evidence: "Evidence",
    item: "Item",
    noAnswer: (seconds) => `no answer in ${seconds} s`,
    watching: (seconds) => `looking again every ${seconds} s until all hold; Ctrl-C ends it`,
  },
  es: {
    title: "Checklist posterior a la recuperación",
    complete: (n) => `se cumplen los ${n} puntos`,
    open: (open, all) => `no se cumplen ${open} de ${all} puntos`,
    evidence: "Evidencia",
    item: "Punto",
    noAnswer: (seconds) => `sin respuesta en ${seconds} s`,
    watching: (seconds) => `se vuelve a mirar cada ${seconds} s hasta que se cumplan todos; Ctrl-C termina`,
  },
};
