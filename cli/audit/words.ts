import type { Words } from "../language";
import type { StatementId } from "./statement";

interface AuditWords {
  readonly title: string;
  readonly statements: Readonly<Record<StatementId, string>>;
  readonly holds: string;
  readonly not: string;
  readonly unknown: string;
  readonly required: string;
  readonly told: string;
  readonly statement: string;
  readonly result: string;
  readonly evidence: string;
  readonly sound: (n: number) => string;
  readonly missing: (n: number) => string;
  readonly at: (moment: string) => string;
  readonly report: (file: string) => string;
}

/** The words of `smarter audit`. */
export const auditWords: Words<AuditWords> = {
  en: {
    title: "Audit",
    statements: {
      "backups-valid": "The newest backup set is valid: both of its signatures hold",
      "backups-fresh": "Every module could be restored to within its RPO",
      "backups-verified": "Every module's backup was restored and looked at as lately as the plan demands",
      "restore-proved": "A restore was proved with data by the last drill",
      "drill-due": "The last drill is not older than the plan allows",
      "object-lock": "Nobody can delete backups (Object Lock, COMPLIANCE)",
      retention: "Backups are kept as long as the plan says",
      versioning: "What is overwritten is kept",
      encryption: "The store encrypts what it keeps",
      "public-access": "The store is closed to the public",
      "tls-only": "The store takes TLS alone",
      replication: "There is a copy in another region",
      identities: "Who can read, write and delete backups is known",
      "writer-cannot-destroy": "Who writes backups cannot destroy them",
      "key-age": "No backup key is older than a year",
      "secret-age": "The ages of the other secrets are known",
      policies: "The program breaks no mandatory policy",
      drift: "The clouds are as the program left them",
      "plan-deviations": "Nothing in the plan goes unmet",
      incidents: "The last recovery is documented",
    },
    holds: "holds",
    not: "does not hold",
    unknown: "not known",
    required: "required",
    told: "for information",
    statement: "Statement",
    result: "Result",
    evidence: "Evidence",
    sound: (n) => `nothing required is missing (${n} statements)`,
    missing: (n) => `${n} required statement(s) do not hold or are not known`,
    at: (moment) => `As of ${moment}`,
    report: (file) => `Report: ${file}`,
  },
  es: {
    title: "Auditoría",
    statements: {
      "backups-valid": "El conjunto de respaldo más nuevo es válido: ambas firmas son correctas",
      "backups-fresh": "Cada módulo se podría restaurar dentro de su RPO",
      "backups-verified": "El respaldo de cada módulo se restauró y se revisó tan recientemente como exige el plan",
      "restore-proved": "El último simulacro probó una restauración con datos",
      "drill-due": "El último simulacro no es más antiguo de lo que permite el plan",
      "object-lock": "Nadie puede borrar respaldos (Object Lock, COMPLIANCE)",
      retention: "Los respaldos se guardan tanto como dice el plan",
      versioning: "Se conserva lo que se sobrescribe",
      encryption: "El almacén cifra lo que guarda",
      "public-access": "El almacén está cerrado al público",
      "tls-only": "El almacén solo acepta TLS",
      replication: "Hay una copia en otra región",
      identities: "Se sabe quién puede leer, escribir y borrar respaldos",
      "writer-cannot-destroy": "Quien escribe respaldos no puede destruirlos",
      "key-age": "Ninguna clave de respaldos tiene más de un año",
      "secret-age": "Se conoce la edad de los demás secretos",
      policies: "El programa no infringe ninguna política obligatoria",
      drift: "Las nubes están como las dejó el programa",
      "plan-deviations": "Nada del plan queda sin cumplir",
      incidents: "La última recuperación está documentada",
    },
    holds: "se cumple",
    not: "no se cumple",
    unknown: "desconocido",
    required: "exigido",
    told: "informativo",
    statement: "Afirmación",
    result: "Resultado",
    evidence: "Evidencia",
    sound: (n) => `no falta nada exigido (${n} afirmaciones)`,
    missing: (n) => `${n} afirmación(es) exigidas no se cumplen o se desconocen`,
    at: (moment) => `Al ${moment}`,
    report: (file) => `Informe: ${file}`,
  },
};
