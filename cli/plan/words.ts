import type { Answer, EventId, EventKind } from "../../plan/organisation";
import type { Words } from "../language";

interface PlanWords {
  readonly title: string;
  readonly generated: string;
  readonly sections: Readonly<
    Record<
      | "objective"
      | "scope"
      | "times"
      | "events"
      | "procedure"
      | "backups"
      | "drill"
      | "scenarios"
      | "contacts"
      | "checklist",
      string
    >
  >;
  readonly objective: (overall: string) => string;
  readonly scope: string;
  readonly head: Readonly<
    Record<
      | "module"
      | "critical"
      | "needs"
      | "rto"
      | "heldTo"
      | "predicted"
      | "rpo"
      | "event"
      | "answer"
      | "kept"
      | "wave"
      | "modules"
      | "keys",
      string
    >
  >;
  readonly yes: string;
  /** Spans of time that have a name, by their seconds. */
  readonly units: Readonly<Record<number, string>>;
  readonly none: string;
  readonly derived: string;
  /** @param example a module that is held to less than it states */
  readonly times: (example: { module: string; stated: string; heldTo: string } | undefined) => string;
  readonly unmet: string;
  readonly unmetBecause: string;
  readonly kinds: Readonly<Record<EventKind, string>>;
  readonly events: Readonly<Record<EventId, string>>;
  readonly answers: Readonly<Record<Answer, string>>;
  readonly declare: string;
  readonly triggers: (criticalDown: number, latency: string, encryptedSets: number) => readonly string[];
  readonly activate: string;
  readonly waves: string;
  readonly gate: string;
  readonly gateChecks: readonly string[];
  readonly restored: string;
  readonly cycle: (cycle: string, archive: string) => string;
  readonly backup: {
    readonly database: string;
    readonly files: (set: string) => string;
    readonly raft: string;
    /** The host's own configuration: its title, and what is kept. */
    readonly host: { readonly title: string; readonly kept: (set: string, every: string) => string };
    readonly cluster: (incremental: string, full: string) => string;
    readonly none: Readonly<Record<string, string>>;
  };
  readonly protection: (retention: string) => readonly string[];
  /** @param steps by age */
  readonly thinning: (steps: readonly { olderThan: string; every: string }[], retention: string) => string;
  readonly keys: string;
  readonly drill: (every: string) => string;
  readonly drillSteps: readonly string[];
  readonly scenarios: readonly { readonly title: string; readonly steps: readonly string[] }[];
  readonly role: string;
  readonly name: string;
  readonly contact: string;
  readonly checklist: string;
}

/** The words of the plan as a document; every figure comes from the plan's data. */
export const planWords: Words<PlanWords> = {
  en: {
    title: "SmarterOS: disaster recovery plan",
    generated: "Made by `smarter plan --write` of the data in `plan/`: change those, not this file.",
    sections: {
      objective: "Objective",
      scope: "Scope",
      times: "Recovery time and recovery point",
      events: "Events covered",
      procedure: "Procedure",
      backups: "Backups",
      drill: "Drill",
      scenarios: "Scenarios",
      contacts: "Emergency contacts",
      checklist: "Checklist after a recovery",
    },
    objective: (overall) => `SmarterOS is recovered completely, from any of the events below, in at most ${overall}.`,
    scope: "Every module of the business, and what it needs before it can serve:",
    head: {
      module: "Module",
      critical: "Critical",
      needs: "Needs",
      rto: "RTO",
      heldTo: "Held to",
      predicted: "Predicted",
      rpo: "RPO",
      event: "Event",
      answer: "Answer",
      kept: "What is kept",
      wave: "Wave",
      modules: "Modules",
      keys: "Keys",
    },
    yes: "yes",
    units: { 3600: "hour", 86400: "day" },
    none: "–",
    derived: "–",
    times: (e) =>
      `"Held to" is the module's own objective, or that of the tightest module that waits for it${e ? ` (${e.module} states ${e.stated} and is held to ${e.heldTo})` : ""}. "Predicted" is the slowest chain from the order of a server to the module's first answer.`,
    unmet: "Not met by this plan's means, and said so everywhere:",
    unmetBecause:
      "only a synchronous peer off-site loses nothing; the snapshot is renewed seconds after a change, and what came after the last one is lost",
    kinds: { physical: "Physical", logical: "Logical", attack: "Attack" },
    events: {
      "vps-unreachable": "The VPS cannot be reached",
      "data-centre-down": "Hostinger's data centre is down",
      "power-loss": "Long power loss",
      "accidental-deletion": "Data deleted by accident",
      "file-corruption": "Corrupt files",
      "broken-networks": "Broken Docker networks",
      ransomware: "Ransomware",
      "sql-injection": "SQL injection: data altered at a known time",
      "stolen-credentials": "Stolen credentials",
      "unauthorised-access": "Unauthorised access",
      exfiltration: "Exfiltration of data",
    },
    answers: {
      failover: "Failover to the other provider, from the newest valid backup",
      earlier:
        "On the living host to a moment before the event: `smarter recover postgres --at TIME`, `smarter recover files SERVICE --at TIME`; where the host is not to be trusted, failover to that moment: `smarter failover activate --at TIME`",
      redeploy: "`smarter recover networks`: networks and ports as the stack declares them, data stay",
      rewind: "Object Lock keeps the backups; their history is rewound to before the attack, then failover with `--at`",
      rotate: "Stop the leak, revoke and change every secret, audit; no restore undoes it",
    },
    declare: "**Declare.** `smarter status` evaluates these, and a person declares when one of them holds:",
    triggers: (down, latency, encrypted) => [
      `${down} critical modules do not answer`,
      `the API takes more than ${latency}`,
      "the database cannot be reached",
      `the backups of ${encrypted === 1 ? "a file set look" : `${encrypted} file sets look`} as if ransomware had been at work`,
    ],
    activate:
      "**Activate.** The preflight names what is missing before anything is ordered; a run that is stopped, or killed, is resumed by the same command:",
    waves: "**Rebuild.** A server, then the modules by wave; within a wave side by side:",
    gate: "**Validate.** DNS does not move until every check has passed:",
    gateChecks: [
      "`/health` of every service, connections to every database, Vault unsealed",
      "the sample tenants: their rows, and each of their files as Odoo's rows say",
      "a signed Shopify order arrives in Odoo",
      "a WhatsApp message arrives in a Chatwoot conversation",
      "certificates of every public name",
    ],
    restored: "**Declare restored.** When the checklist holds:",
    cycle: (cycle, archive) =>
      `A cycle every ${cycle}: a restore point of the database first, then the file sets and Vault, then a signed manifest; so every file that a row names is there. WAL is archived at least every ${archive}. Everything goes to S3, encrypted.`,
    backup: {
      database: "database in the cluster",
      files: (set) => `files (\`${set}\`)`,
      raft: "raft snapshot after a change",
      host: {
        title: "Host configuration",
        kept: (set, every) =>
          `a copy without keys and secrets, renewed every ${every} (\`${set}\`); a recovery puts it beside the new host's own, for reading`,
      },
      cluster: (incremental, full) =>
        `every database to one moment: base copies at most ${incremental} old, a full one every ${full}, WAL on top`,
      none: {
        redis: "nothing: queues and caches; messages are in PostgreSQL before they are acknowledged",
      },
    },
    protection: (retention) => [
      `The bucket is versioned and locked (Object Lock COMPLIANCE) for ${retention}, takes TLS alone, is not public, and is copied to another region.`,
      "Who writes cannot read, delete or shorten; who restores reads and nothing else.",
    ],
    thinning: (steps, retention) =>
      `Every set is kept at first${steps.map(({ olderThan, every }) => `; of those older than ${olderThan}, the newest of each ${every}`).join("")}; none for longer than ${retention}, but always the newest. What goes is hidden by \`npm run backups:expire\`, off the site; its versions stay for ${retention} more. WAL is not thinned: PostgreSQL can be brought to any second of the ${retention}.`,
    keys: "Keys without which restored data cannot be read. They travel as Pulumi secrets and in the escrow, outside the VPS and outside Vault:",
    drill: (every) =>
      `Every ${every}, \`npm run drill\`: on emulated clouds, so that it cannot touch production's DNS; it cleans up after itself and keeps its record.`,
    drillSteps: [
      "a primary with data, written to steadily",
      "the primary is destroyed at a random moment",
      "recovery by the same program, until every module answers through DNS",
      "tenants, catalogues and every acknowledged write are looked for; RTO and RPO of each module are measured",
    ],
    scenarios: [
      {
        title: "The VPS at Hostinger is lost",
        steps: [
          "`smarter status` says which trigger holds",
          "`smarter failover activate`: a server of the first available type in the settings' list, restore from S3, gate, then the A records get the new server's public address",
          "`smarter checklist --watch` until all items hold",
        ],
      },
      {
        title: "PostgreSQL is corrupt",
        steps: [
          "files are corrupt: `smarter recover postgres`; rows are wrong: find the last good moment by `smarter recover postgres --preview --at TIME`, then `smarter recover postgres --at TIME`",
          "every service that writes is stopped; the cluster is restored beside the corrupt one, and checked: it starts, tenants, every page, Odoo's files",
          "only then does it take the place; the corrupt one is kept for the inquiry, until `smarter recover release`",
        ],
      },
      {
        title: "Vault is compromised",
        steps: [
          "`smarter recover vault --since TIME` seals it (stops the leak) and closes its network",
          "it unseals it with the escrow's shares, revokes every token and lease, rekeys and rotates, opens it again",
          "put the new shares into the escrow and the recovery's settings",
          "rotate every secret that was read, as the command lists them by the audit log",
        ],
      },
    ],
    role: "Role",
    name: "Name",
    contact: "Contact",
    checklist: "`smarter checklist` checks each of them and shows the evidence; nothing is ticked by hand:",
  },
  es: {
    title: "SmarterOS: plan de recuperación ante desastres",
    generated: "Hecho por `smarter plan --write` con los datos de `plan/`: se cambian esos datos, no este archivo.",
    sections: {
      objective: "Objetivo",
      scope: "Alcance",
      times: "Tiempo y punto de recuperación",
      events: "Eventos cubiertos",
      procedure: "Procedimiento",
      backups: "Respaldos",
      drill: "Simulacro",
      scenarios: "Escenarios",
      contacts: "Contactos de emergencia",
      checklist: "Checklist posterior a la recuperación",
    },
    objective: (overall) =>
      `SmarterOS se recupera por completo, de cualquiera de los eventos de abajo, en un máximo de ${overall}.`,
    scope: "Todos los módulos del negocio, y lo que cada uno necesita antes de servir:",
    head: {
      module: "Módulo",
      critical: "Crítico",
      needs: "Necesita",
      rto: "RTO",
      heldTo: "Se le exige",
      predicted: "Previsto",
      rpo: "RPO",
      event: "Evento",
      answer: "Respuesta",
      kept: "Qué se guarda",
      wave: "Ola",
      modules: "Módulos",
      keys: "Claves",
    },
    yes: "sí",
    units: { 3600: "hora", 86400: "día" },
    none: "–",
    derived: "–",
    times: (e) =>
      `«Se le exige» es el objetivo del propio módulo, o el del más estricto de los que lo esperan${e ? ` (${e.module} declara ${e.stated} y se le exigen ${e.heldTo})` : ""}. «Previsto» es la cadena más lenta desde el pedido del servidor hasta la primera respuesta del módulo.`,
    unmet: "Lo que los medios de este plan no cumplen, dicho en todas partes:",
    unmetBecause:
      "solo un par síncrono fuera del sitio no pierde nada; el snapshot se renueva segundos después de un cambio, y lo que vino tras el último se pierde",
    kinds: { physical: "Físico", logical: "Lógico", attack: "Ataque" },
    events: {
      "vps-unreachable": "VPS inaccesible",
      "data-centre-down": "Caída del datacenter de Hostinger",
      "power-loss": "Falla eléctrica prolongada",
      "accidental-deletion": "Borrado accidental de datos",
      "file-corruption": "Corrupción de archivos",
      "broken-networks": "Fallo en las redes de Docker",
      ransomware: "Ransomware",
      "sql-injection": "SQL injection: datos alterados en un momento conocido",
      "stolen-credentials": "Credenciales comprometidas",
      "unauthorised-access": "Acceso no autorizado",
      exfiltration: "Exfiltración de datos",
    },
    answers: {
      failover: "Conmutación al otro proveedor, desde el respaldo válido más nuevo",
      earlier:
        "En el host vivo, a un momento anterior al evento: `smarter recover postgres --at MOMENTO`, `smarter recover files SERVICIO --at MOMENTO`; si el host no es de fiar, conmutación a ese momento: `smarter failover activate --at MOMENTO`",
      redeploy: "`smarter recover networks`: redes y puertos como los declara el stack, los datos quedan",
      rewind:
        "Object Lock conserva los respaldos; su historia se rebobina a antes del ataque, luego conmutación con `--at`",
      rotate: "Detener la fuga, revocar y cambiar cada secreto, auditar; ninguna restauración lo deshace",
    },
    declare: "**Declarar.** `smarter status` evalúa estos criterios, y una persona declara cuando se cumple uno:",
    triggers: (down, latency, encrypted) => [
      `${down} módulos críticos no responden`,
      `la API tarda más de ${latency}`,
      "la base de datos es inaccesible",
      `los respaldos de ${encrypted === 1 ? "un conjunto" : `${encrypted} conjuntos`} de archivos parecen cifrados por ransomware`,
    ],
    activate:
      "**Activar.** La verificación previa nombra lo que falta antes de pedir nada; si se detiene, o la matan, el mismo comando continúa:",
    waves: "**Reconstruir.** Un servidor, luego los módulos por olas; dentro de una ola, en paralelo:",
    gate: "**Validar.** El DNS no se mueve hasta que pasan todas las comprobaciones:",
    gateChecks: [
      "`/health` de cada servicio, conexiones a cada base de datos, Vault abierto",
      "los tenants de muestra: sus filas, y cada uno de sus archivos como dicen las filas de Odoo",
      "un pedido firmado de Shopify llega a Odoo",
      "un mensaje de WhatsApp llega a una conversación de Chatwoot",
      "los certificados de cada nombre público",
    ],
    restored: "**Declarar el servicio restablecido.** Cuando se cumple el checklist:",
    cycle: (cycle, archive) =>
      `Un ciclo cada ${cycle}: primero un punto de restauración de la base, luego los conjuntos de archivos y Vault, luego un manifiesto firmado; así está cada archivo que nombra una fila. El WAL se archiva al menos cada ${archive}. Todo va a S3, cifrado.`,
    backup: {
      database: "base de datos en el clúster",
      files: (set) => `archivos (\`${set}\`)`,
      raft: "snapshot de raft tras un cambio",
      host: {
        title: "Configuración del servidor",
        kept: (set, every) =>
          `una copia sin claves ni secretos, renovada cada ${every} (\`${set}\`); una recuperación la deja junto a la del servidor nuevo, para leerla`,
      },
      cluster: (incremental, full) =>
        `todas las bases a un mismo momento: copias base de ${incremental} como máximo, una completa cada ${full}, y encima el WAL`,
      none: {
        redis: "nada: colas y cachés; los mensajes están en PostgreSQL antes de confirmarse",
      },
    },
    protection: (retention) => [
      `El bucket tiene versiones y candado (Object Lock COMPLIANCE) por ${retention}, solo acepta TLS, no es público y se copia a otra región.`,
      "Quien escribe no puede leer, borrar ni acortar; quien restaura lee y nada más.",
    ],
    thinning: (steps, retention) =>
      `Al principio se guarda cada conjunto${steps.map(({ olderThan, every }) => `; de los de más de ${olderThan}, el más nuevo de cada ${every}`).join("")}; ninguno por más de ${retention}, salvo siempre el más nuevo. Lo que sobra lo oculta \`npm run backups:expire\`, fuera del sitio; sus versiones quedan ${retention} más. El WAL no se reduce: PostgreSQL puede volver a cualquier segundo de los ${retention}.`,
    keys: "Claves sin las que los datos restaurados no se pueden leer. Viajan como secretos de Pulumi y en la custodia, fuera del VPS y fuera de Vault:",
    drill: (every) =>
      `Cada ${every}, \`npm run drill\`: en nubes emuladas, de modo que no puede tocar el DNS de producción; limpia tras de sí y guarda su registro.`,
    drillSteps: [
      "un primario con datos, al que se escribe sin pausa",
      "el primario se destruye en un momento al azar",
      "recuperación con el mismo programa, hasta que cada módulo responde por DNS",
      "se buscan tenants, catálogos y cada escritura confirmada; se miden RTO y RPO de cada módulo",
    ],
    scenarios: [
      {
        title: "VPS Hostinger caído",
        steps: [
          "`smarter status` dice qué criterio se cumple",
          "`smarter failover activate`: un servidor del primer tipo disponible de la lista, restauración desde S3, validación, y los registros A reciben la dirección pública del servidor nuevo",
          "`smarter checklist --watch` hasta que se cumplan todos los puntos",
        ],
      },
      {
        title: "PostgreSQL corrupto",
        steps: [
          "archivos corruptos: `smarter recover postgres`; filas malas: buscar el último momento bueno con `smarter recover postgres --preview --at MOMENTO`, luego `smarter recover postgres --at MOMENTO`",
          "se detiene todo servicio que escribe; el clúster se restaura junto al corrupto y se comprueba: arranca, tenants, cada página, archivos de Odoo",
          "solo entonces ocupa su lugar; el corrupto se guarda para investigar, hasta `smarter recover release`",
        ],
      },
      {
        title: "Vault comprometido",
        steps: [
          "`smarter recover vault --since HORA` lo sella (detiene la fuga) y cierra su red",
          "lo abre con las partes de la custodia, revoca todos los tokens y leases, hace rekey y rotate, y lo reabre",
          "llevar las partes nuevas a la custodia y a la configuración de la recuperación",
          "rotar cada secreto leído, como el comando los lista según el registro de auditoría",
        ],
      },
    ],
    role: "Rol",
    name: "Nombre",
    contact: "Contacto",
    checklist: "`smarter checklist` comprueba cada uno y muestra la evidencia; nada se marca a mano:",
  },
};
