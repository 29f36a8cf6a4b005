import type { Words } from "../language";

/** By kind: what a check of the gate looks at. The rest of its name is the argument. */
interface GateWords {
  readonly check: Readonly<Record<GateCheckKind, (of: string) => string>>;
  /** A check, and what it found: noted on the host, in English. */
  readonly found: (check: string, evidence: string) => string;
}

/** Every kind of check that the agent makes (images/agent/src/gate), as in its names. */
export const gateCheckKinds = {
  service: /^service (\S+)$/,
  vault: /^vault unsealed$/,
  database: /^database (\S+)$/,
  tenantRow: /^tenant (\S+) row$/,
  tenantFiles: /^tenant (\S+) files$/,
  shopify: /^shopify webhook reaches odoo$/,
  whatsapp: /^whatsapp message reaches chatwoot$/,
  tls: /^tls (\S+)$/,
} as const;
export type GateCheckKind = keyof typeof gateCheckKinds;

/** The words of the gate's checks. */
export const gateWords: Words<GateWords> = {
  en: {
    check: {
      service: (name) => `service ${name}`,
      vault: () => "vault unsealed",
      database: (name) => `database ${name}`,
      tenantRow: (rut) => `tenant ${rut} row`,
      tenantFiles: (rut) => `tenant ${rut} files`,
      shopify: () => "shopify webhook reaches odoo",
      whatsapp: () => "whatsapp message reaches chatwoot",
      tls: (name) => `tls ${name}`,
    },
    found: (check, evidence) => `${check}: ${evidence}`,
  },
  es: {
    check: {
      service: (name) => `servicio ${name}`,
      vault: () => "Vault abierto",
      database: (name) => `base de datos ${name}`,
      tenantRow: (rut) => `fila del tenant ${rut}`,
      tenantFiles: (rut) => `archivos del tenant ${rut}`,
      shopify: () => "webhook de Shopify hasta Odoo",
      whatsapp: () => "mensaje de WhatsApp hasta Chatwoot",
      tls: (name) => `certificado de ${name}`,
    },
    found: (check, evidence) => `${check}: «${evidence}»`,
  },
};
