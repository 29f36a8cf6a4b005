import type { Words } from "./language";

type CommandName =
  | "status"
  | "failover"
  | "activate"
  | "failback"
  | "recover"
  | "postgres"
  | "files"
  | "networks"
  | "vault"
  | "cancel"
  | "release"
  | "rotate"
  | "checklist"
  | "audit"
  | "drill"
  | "record"
  | "practice"
  | "plan"
  | "contacts"
  | "doctor"
  | "complete";

interface HelpWords {
  readonly smarter: string;
  readonly commands: Readonly<Record<CommandName, string>>;
  readonly options: {
    readonly lang: string;
    readonly stack: string;
    readonly livingStack: string;
    readonly configFile: string;
    readonly primaryConfigFile: string;
    readonly json: string;
    readonly watch: string;
    readonly at: string;
    readonly reason: string;
    readonly yes: string;
    readonly dryRun: string;
    readonly takeOver: string;
    readonly acceptSplitBrain: string;
    readonly report: string;
    readonly auditReport: string;
    readonly write: string;
    readonly noDrift: string;
    readonly service: string;
    readonly preview: string;
    readonly path: string;
    readonly since: string;
    readonly pgpKeys: string;
    readonly credentials: string;
    readonly olderThan: string;
    readonly done: string;
    readonly help: string;
  };
  /** Shown below the help of commands whose exit codes differ. */
  readonly exits: Readonly<
    Record<"smarter" | "status" | "activate" | "failback" | "recover" | "rotate" | "checklist" | "audit" | "doctor" | "drill", string>
  >;
  /** Said after a refusal. */
  readonly seeHelp: string;
  readonly notATime: (received: string) => string;
  readonly notDays: (received: string) => string;
}

/** The words of `--help`. */
export const helpWords: Words<HelpWords> = {
  en: {
    smarter: "Disaster recovery of SmarterOS: what is the state, and one command to bring the business back.",
    commands: {
      status: "what works, what does not, and whether to declare a disaster",
      failover: "brings the business back at the other provider",
      activate: "activates the recovery: preflight, confirmation, restore, gate, DNS, report; run again, it resumes",
      failback:
        "brings the business back to the primary: its host is made ready, writing pauses, last backup, recovery; run again, it resumes",
      recover: "brings data back on the host that lives",
      postgres: "the whole cluster, restored beside the damaged one, verified, put in its place; run again, it resumes",
      files: "one service's files, or one path of them, brought back to the newest backup or to a time",
      networks: "Docker networks, published ports and firewall rules, repaired to what the stack declares; no data is touched",
      vault: "takes Vault back: seals it off, revokes every token, new unseal shares and keys, says what was read; run again, it resumes",
      cancel: "ends a recovery that is not in place yet: the services run on the data of before",
      release: "deletes the damaged data that recoveries have kept",
      rotate: "replaces credentials, oldest first: new ones handed out, proved, old ones refused, noted; run again, it resumes",
      checklist: "the items of the plan's checklist after a recovery, each checked",
      audit: "what an auditor asks, each statement with its evidence",
      drill: "a drill on this machine's local cloud; its own options follow it (drill -- --help)",
      record: "the record of the last drill, and when the next is due",
      practice: "lose a primary on the local cloud, and leave its recovery to you",
      plan: "the recovery plan as a document, made of the plan's data",
      contacts: "whom to call",
      doctor: "whether this machine could recover the business now, and how to mend what is missing",
      complete: "completion for a shell: source <(smarter complete bash)",
    },
    options: {
      lang: "language: es, en (default: of the locale; documents: es)",
      stack: "stack of the recovery",
      livingStack: "stack of the site that serves",
      configFile: "settings file of the recovery (default: Pulumi.STACK.yaml)",
      primaryConfigFile: "settings file of the primary (default: Pulumi.primary.yaml)",
      json: "JSON on stdout, everything else on stderr",
      watch: "look again and again, until Ctrl-C",
      at: "restore to this time instead of the newest backup: ISO 8601 with a zone",
      reason: "why, for the incident report",
      yes: "do not ask for confirmation",
      dryRun: "show the preflight and what would happen; change nothing",
      takeOver: "go on with a recovery that somebody else began and cannot end",
      acceptSplitBrain: "go on although the old site could not be fenced off, for this reason; it stands in the report",
      report: "folder of the incident reports",
      auditReport: "write the report there, as HTML, Markdown and JSON",
      write: "write docs/drp.es.md and docs/drp.en.md",
      preview: "open the database of that time beside the living one, for reading; changes nothing",
      service: "service of the plan whose files are backed up",
      path: "only this file or folder, below the service's data folder: filestore/odoo/ab",
      since: "since when others may have had access: what was read after it is told (default: all of the audit log)",
      pgpKeys: "files of the new share holders' public PGP keys, by commas (default: the shares become the stack's secret)",
      credentials: "credentials, or all of a kind: s3, databasePasswords (default: all that the program replaces itself)",
      olderThan: "only those older than so many days: 90d",
      done: "a person has changed them: note it, change nothing",
      noDrift: "do not compare the state with the clouds (quicker)",
      help: "show this help",
    },
    exits: {
      smarter:
        "Exit codes: 0 good; 1 failed; 2 degraded or incomplete; 3 declare a disaster; 4 refused, nothing was changed; 130 Ctrl-C.",
      status:
        "Exit codes: 0 healthy; 2 degraded; 3 a trigger of the plan holds: declare a disaster; 1 it could not look.",
      activate:
        "Exit codes: 0 recovered; 1 failed (run it again to resume); 2 recovered, but the checklist has open items; 4 refused, nothing was changed; 130 Ctrl-C.",
      failback:
        "Exit codes: 0 back on the primary; 1 failed (run it again to resume); 2 back, but the checklist has open items; 4 refused, the other site serves; 130 Ctrl-C.",
      recover:
        "Exit codes: 0 done; 1 failed (run it again to resume); 2 recovered, but the backups lag; 4 refused, nothing was changed; 130 Ctrl-C.",
      rotate:
        "Exit codes: 0 replaced and proved; 1 failed (run it again to resume); 2 replaced, but some of the named are a person's; 4 refused, nothing was changed; 130 Ctrl-C.",
      checklist: "Exit codes: 0 every item holds; 2 one does not; 1 it could not look.",
      audit: "Exit codes: 0 nothing required is missing; 2 something is; 1 it could not look.",
      doctor: "Exit codes: 0 nothing is missing; 2 something is.",
      drill:
        "Exit codes: 0 recovered; 1 refused or failed; 2 (drill record) there is none, it is overdue or did not recover; 130 Ctrl-C.",
    },
    seeHelp: "(--help shows what this command takes)",
    notDays: (received) => `received ${received}; allowed: days as a whole number and d; fix: write 90d`,
    notATime: (received) =>
      `received ${received}; allowed: ISO 8601 with a zone, not in the future; fix: as 2026-11-23T21:05:00Z`,
  },
  es: {
    smarter:
      "Recuperación ante desastres de SmarterOS: cuál es el estado, y un comando para traer el negocio de vuelta.",
    commands: {
      status: "qué funciona, qué no, y si hay que declarar un desastre",
      failover: "trae el negocio de vuelta en el otro proveedor",
      activate:
        "activa la recuperación: verificación previa, confirmación, restauración, validación, DNS, informe; repetido, continúa",
      failback:
        "trae el negocio de vuelta al primario: se prepara su host, pausa de escritura, último respaldo, recuperación; repetido, continúa",
      recover: "trae datos de vuelta en el host que vive",
      postgres: "el clúster entero, restaurado junto al dañado, verificado y puesto en su lugar; repetido, continúa",
      files: "los archivos de un servicio, o una ruta de ellos, de vuelta al respaldo más nuevo o a un momento",
      networks: "redes de Docker, puertos publicados y reglas de firewall, reparados a lo que declara el stack; no toca datos",
      vault: "recobra Vault: lo aísla, revoca todo token, nuevas partes y llaves, dice qué se leyó; repetido, continúa",
      cancel: "termina una recuperación que aún no está en su lugar: los servicios siguen con los datos de antes",
      release: "borra los datos dañados que las recuperaciones guardaron",
      rotate:
        "reemplaza credenciales, las más antiguas primero: se entregan nuevas, se prueban, se rechazan las anteriores, se anota; repetido, continúa",
      checklist: "los puntos del checklist posterior a la recuperación, cada uno comprobado",
      audit: "lo que pregunta un auditor, cada afirmación con su evidencia",
      drill: "un simulacro en la nube local de esta máquina; le siguen sus propias opciones (drill -- --help)",
      record: "el registro del último simulacro, y cuándo toca el próximo",
      practice: "perder un primario en la nube local, y dejarle a usted la recuperación",
      plan: "el plan de recuperación como documento, hecho de los datos del plan",
      contacts: "a quién llamar",
      doctor: "si esta máquina podría recuperar el negocio ahora, y cómo arreglar lo que falta",
      complete: "autocompletado de la shell: source <(smarter complete bash)",
    },
    options: {
      lang: "idioma: es, en (por defecto: el del entorno; documentos: es)",
      stack: "stack de la recuperación",
      livingStack: "stack del sitio que sirve",
      configFile: "archivo de configuración de la recuperación (por defecto: Pulumi.STACK.yaml)",
      primaryConfigFile: "archivo de configuración del primario (por defecto: Pulumi.primary.yaml)",
      json: "JSON en stdout, todo lo demás en stderr",
      watch: "mirar una y otra vez, hasta Ctrl-C",
      at: "restaurar a este momento en vez del respaldo más nuevo: ISO 8601 con zona",
      reason: "por qué, para el informe del incidente",
      yes: "no pedir confirmación",
      dryRun: "mostrar la verificación previa y lo que pasaría; no cambiar nada",
      takeOver: "continuar una recuperación que otra persona empezó y no puede terminar",
      acceptSplitBrain: "seguir aunque no se pudo aislar el sitio anterior, por este motivo; queda en el informe",
      report: "carpeta de los informes de incidentes",
      auditReport: "escribir el informe ahí, en HTML, Markdown y JSON",
      write: "escribir docs/drp.es.md y docs/drp.en.md",
      preview: "abrir la base de datos de ese momento junto a la viva, para leer; no cambia nada",
      service: "servicio del plan cuyos archivos se respaldan",
      path: "solo este archivo o carpeta, bajo la carpeta de datos del servicio: filestore/odoo/ab",
      since: "desde cuándo otros pudieron tener acceso: se dice qué se leyó después (por defecto: todo el registro de auditoría)",
      pgpKeys: "archivos de las claves PGP públicas de los nuevos custodios, por comas (por defecto: las partes quedan en el secreto del stack)",
      credentials:
        "credenciales, o todas las de una clase: s3, databasePasswords (por defecto: todas las que reemplaza el programa mismo)",
      olderThan: "solo las de más de tantos días: 90d",
      done: "las cambió una persona: anotarlo, no cambiar nada",
      noDrift: "no comparar el estado con las nubes (más rápido)",
      help: "mostrar esta ayuda",
    },
    exits: {
      smarter:
        "Códigos de salida: 0 bien; 1 falló; 2 degradado o incompleto; 3 declarar un desastre; 4 rechazado, nada cambió; 130 Ctrl-C.",
      status:
        "Códigos de salida: 0 sano; 2 degradado; 3 se cumple un criterio del plan: declarar un desastre; 1 no se pudo mirar.",
      activate:
        "Códigos de salida: 0 recuperado; 1 falló (repetir el comando continúa); 2 recuperado, pero quedan puntos del checklist; 4 rechazado, nada cambió; 130 Ctrl-C.",
      failback:
        "Códigos de salida: 0 de vuelta en el primario; 1 falló (repetir el comando continúa); 2 de vuelta, pero quedan puntos del checklist; 4 rechazado, el otro sitio sirve; 130 Ctrl-C.",
      recover:
        "Códigos de salida: 0 hecho; 1 falló (repetir el comando continúa); 2 recuperado, pero los respaldos tardan; 4 rechazado, nada cambió; 130 Ctrl-C.",
      rotate:
        "Códigos de salida: 0 reemplazadas y probadas; 1 falló (repetir el comando continúa); 2 reemplazadas, pero algunas de las nombradas son de una persona; 4 rechazado, nada cambió; 130 Ctrl-C.",
      checklist: "Códigos de salida: 0 se cumplen todos; 2 alguno no; 1 no se pudo mirar.",
      audit: "Códigos de salida: 0 no falta nada exigido; 2 falta algo; 1 no se pudo mirar.",
      doctor: "Códigos de salida: 0 no falta nada; 2 falta algo.",
      drill:
        "Códigos de salida: 0 recuperado; 1 rechazado o fallido; 2 (drill record) no hay, está vencido o no recuperó; 130 Ctrl-C.",
    },
    seeHelp: "(--help muestra lo que admite este comando)",
    notDays: (received) => `recibido ${received}; permitido: días como número entero y d; solución: escriba 90d`,
    notATime: (received) =>
      `recibido ${received}; permitido: ISO 8601 con zona, no en el futuro; solución: como 2026-11-23T21:05:00Z`,
  },
};
