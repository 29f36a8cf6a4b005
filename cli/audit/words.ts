import type { DriftedResource } from "../../drift/model";
import { moment } from "../clock";
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
      "backups-fresh": "Every module whose RPO a backup can meet could be restored to within it",
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
      "key-age": "No backup key is older than the plan allows",
      "secret-age": "The age of every other credential is known, and none is older than the plan allows",
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
      "backups-fresh": "Cada módulo cuyo RPO puede cumplir un respaldo se podría restaurar dentro de él",
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
      "key-age": "Ninguna clave de respaldos es más antigua de lo que permite el plan",
      "secret-age": "Se conoce la antigüedad de las demás credenciales, y ninguna supera lo que permite el plan",
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

/** Moments arrive as ISO 8601, durations as text. Drift is named by its kind. */
interface EvidenceWords extends Readonly<Record<DriftedResource["kind"], (resource: string) => string>> {
  readonly notCompared: () => string;
  readonly noValidSet: () => string;
  readonly validSet: (generation: string, key: string, finishedAt: string) => string;
  readonly noSetOf: (generation: string) => string;
  readonly age: (module: string, age: string, allowedSeconds: number) => string;
  readonly absent: () => string;
  readonly neverVerified: (allowed: string) => string;
  readonly verification: (at: string, allowed: string) => string;
  readonly verificationFailed: (at: string, allowed: string) => string;
  readonly verifiedAt: (module: string, at: string) => string;
  readonly stale: (module: string, at: string) => string;
  readonly never: (module: string) => string;
  readonly noDrill: () => string;
  readonly drill: (at: string, verdict: string) => string;
  readonly rpo: (modules: string) => string;
  readonly notMeasured: () => string;
  readonly gate: (passed: number, all: number) => string;
  readonly drillAge: (at: string, age: string, allowed: string) => string;
  readonly unmet: (service: string) => string;
  readonly everyObjective: () => string;
  readonly activeUnknown: () => string;
  readonly noRecovery: (generation: string) => string;
  readonly noReport: (generation: number, since: string, by: string, folder: string) => string;
  readonly clean: () => string;
  readonly advice: (n: number) => string;
  readonly objectLock: (where: string, enabled: string, mode: string) => string;
  readonly none: () => string;
  readonly retention: (where: string, days: number, wanted: number) => string;
  readonly versioning: (where: string, status: string) => string;
  readonly encryption: (where: string, by: string) => string;
  readonly noEncryption: () => string;
  readonly publicAccess: (where: string, on: number) => string;
  readonly tlsDenied: (where: string) => string;
  readonly tlsNotDenied: (where: string) => string;
  readonly replicated: (where: string, to: string) => string;
  readonly notReplicated: (where: string) => string;
  readonly noUser: () => string;
  readonly user: (name: string, activeKeys: number, may: string) => string;
  readonly reads: (where: string) => string;
  readonly writes: (where: string) => string;
  readonly deletes: (where: string) => string;
  readonly lists: (where: string) => string;
  readonly mayNothing: () => string;
  readonly mayDestroy: (user: string, action: string, on: string) => string;
  readonly cannotDestroy: (writers: string) => string;
  readonly keyAge: (of: string, days: number) => string;
  readonly noKey: () => string;
  readonly ageUnknown: (name: string) => string;
  readonly atMost: (all: string, allowed: string) => string;
}

/** What is seen of the audit's statements. */
export const auditEvidence: Words<EvidenceWords> = {
  en: {
    notCompared: () => "not compared (--no-drift)",
    noValidSet: () => "no valid set",
    validSet: (generation, key, at) => `generation ${generation}: ${key}, finished ${moment(at, "en")}, verified now`,
    noSetOf: (generation) => `generation ${generation}: no valid set`,
    age: (module, age, allowed) => `${module} ${age} of ${allowed} s`,
    absent: () => "absent",
    neverVerified: (allowed) => `no verification; allowed: ${allowed}`,
    verification: (at, allowed) => `last verification ${moment(at, "en")}: all of it held; allowed: ${allowed}`,
    verificationFailed: (at, allowed) => `last verification ${moment(at, "en")}: it failed; allowed: ${allowed}`,
    verifiedAt: (module, at) => `${module} ${moment(at, "en")}`,
    stale: (module, at) => `${module} ${moment(at, "en")} (stale)`,
    never: (module) => `${module} never`,
    noDrill: () => "no drill on record; fix: npm run drill",
    drill: (at, verdict) => `drill of ${moment(at, "en")}: ${verdict}`,
    rpo: (modules) => `RPO ${modules}`,
    notMeasured: () => "not measured",
    gate: (passed, all) => `gate ${passed}/${all}`,
    drillAge: (at, age, allowed) => `${moment(at, "en")}, ${age} ago; allowed: ${allowed}`,
    unmet: (service) =>
      `${service}, RPO 0: only a synchronous raft peer off-site loses nothing; a snapshot is taken within seconds of a change, and what changed in those seconds can be lost`,
    everyObjective: () => "every objective has its means",
    activeUnknown: () => "the active generation is not known",
    noRecovery: (generation) => `generation ${generation} was not made by a recovery`,
    noReport: (generation, since, by, folder) =>
      `generation ${generation}, begun ${moment(since, "en")} by ${by}: no report in ${folder}`,
    clean: () => "every resource of the stack is as its state says",
    changed: (resource) => `${resource}: changed`,
    deleted: (resource) => `${resource}: deleted`,
    advice: (n) => `no mandatory policy is broken; ${n} pieces of advice`,
    objectLock: (where, enabled, mode) => `${where}: Object Lock ${enabled}, default mode ${mode}`,
    none: () => "none",
    retention: (where, days, wanted) => `${where}: ${days} days by default; the plan: ${wanted}`,
    versioning: (where, status) => `${where}: versioning ${status}`,
    encryption: (where, by) => `${where}: ${by}; besides, pgBackRest and restic encrypt what they send`,
    noEncryption: () => "no default encryption",
    publicAccess: (where, on) => `${where}: ${on} of 4 blocks of public access are on`,
    tlsDenied: (where) => `${where}: its policy denies what does not come over TLS`,
    tlsNotDenied: (where) => `${where}: its policy does not deny what does not come over TLS`,
    replicated: (where, to) => `${where}: copied to ${to}`,
    notReplicated: (where) => `${where}: copied nowhere`,
    noUser: () => "no user of the backups",
    user: (name, keys, may) => `${name} (${keys} active keys) ${may}`,
    reads: (where) => `reads ${where}`,
    writes: (where) => `writes ${where}`,
    deletes: (where) => `deletes ${where}`,
    lists: (where) => `lists the names in ${where}`,
    mayNothing: () => "may do nothing",
    mayDestroy: (user, action, on) => `${user}: ${action} on ${on}`,
    cannotDestroy: (writers) => `${writers}: no right to delete versions, to shorten retention or to change the bucket`,
    keyAge: (of, days) => `${of}: ${days} days`,
    noKey: () => "no key",
    ageUnknown: (name) => `${name}: not known`,
    atMost: (all, allowed) => `${all}; allowed: ${allowed}`,
  },
  es: {
    notCompared: () => "sin comparar (--no-drift)",
    noValidSet: () => "ningún conjunto válido",
    validSet: (generation, key, at) =>
      `generación ${generation}: ${key}, terminado el ${moment(at, "es")}, comprobado ahora`,
    noSetOf: (generation) => `generación ${generation}: ningún conjunto válido`,
    age: (module, age, allowed) => `${module} ${age} de ${allowed} s`,
    absent: () => "falta",
    neverVerified: (allowed) => `ninguna verificación; permitido: ${allowed}`,
    verification: (at, allowed) => `última verificación el ${moment(at, "es")}: se cumplió todo; permitido: ${allowed}`,
    verificationFailed: (at, allowed) => `última verificación el ${moment(at, "es")}: falló; permitido: ${allowed}`,
    verifiedAt: (module, at) => `${module} ${moment(at, "es")}`,
    stale: (module, at) => `${module} ${moment(at, "es")} (vencida)`,
    never: (module) => `${module} nunca`,
    noDrill: () => "ningún simulacro registrado; solución: npm run drill",
    drill: (at, verdict) => `simulacro del ${moment(at, "es")}: ${verdict}`,
    rpo: (modules) => `RPO ${modules}`,
    notMeasured: () => "sin medir",
    gate: (passed, all) => `validación ${passed}/${all}`,
    drillAge: (at, age, allowed) => `${moment(at, "es")}, hace ${age}; permitido: ${allowed}`,
    unmet: (service) =>
      `${service}, RPO 0: solo un par raft síncrono fuera del sitio no pierde nada; el snapshot se toma segundos después de un cambio, y lo que cambió en esos segundos se puede perder`,
    everyObjective: () => "cada objetivo tiene sus medios",
    activeUnknown: () => "no se sabe cuál es la generación activa",
    noRecovery: (generation) => `la generación ${generation} no la hizo una recuperación`,
    noReport: (generation, since, by, folder) =>
      `generación ${generation}, iniciada el ${moment(since, "es")} por ${by}: no hay informe en ${folder}`,
    clean: () => "cada recurso del stack está como dice su estado",
    changed: (resource) => `${resource}: cambiado`,
    deleted: (resource) => `${resource}: borrado`,
    advice: (n) => `no se infringe ninguna política obligatoria; ${n} recomendaciones`,
    objectLock: (where, enabled, mode) => `${where}: Object Lock ${enabled}, modo por defecto ${mode}`,
    none: () => "ninguno",
    retention: (where, days, wanted) => `${where}: ${days} días por defecto; el plan: ${wanted}`,
    versioning: (where, status) => `${where}: versionado ${status}`,
    encryption: (where, by) => `${where}: ${by}; además, pgBackRest y restic cifran lo que envían`,
    noEncryption: () => "sin cifrado por defecto",
    publicAccess: (where, on) => `${where}: activos ${on} de los 4 bloqueos de acceso público`,
    tlsDenied: (where) => `${where}: su política niega lo que no llega por TLS`,
    tlsNotDenied: (where) => `${where}: su política no niega lo que no llega por TLS`,
    replicated: (where, to) => `${where}: se copia a ${to}`,
    notReplicated: (where) => `${where}: no se copia a ninguna parte`,
    noUser: () => "ningún usuario de los respaldos",
    user: (name, keys, may) => `${name} (${keys} claves activas) ${may}`,
    reads: (where) => `lee ${where}`,
    writes: (where) => `escribe ${where}`,
    deletes: (where) => `borra ${where}`,
    lists: (where) => `lista los nombres en ${where}`,
    mayNothing: () => "no puede nada",
    mayDestroy: (user, action, on) => `${user}: ${action} en ${on}`,
    cannotDestroy: (writers) => `${writers}: sin derecho a borrar versiones, acortar la retención ni cambiar el bucket`,
    keyAge: (of, days) => `${of}: ${days} días`,
    noKey: () => "ninguna clave",
    ageUnknown: (name) => `${name}: desconocida`,
    atMost: (all, allowed) => `${all}; permitido: ${allowed}`,
  },
};
