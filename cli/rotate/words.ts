import type { Words } from "../language";
import type { About, Way } from "./inventory";

interface RotateWords {
  readonly title: string;
  readonly head: { readonly name: string; readonly age: string; readonly way: string; readonly users: string };
  readonly way: Readonly<Record<Way, string>>;
  /** What follows from replacing it, or why and how somebody else does. */
  readonly about: Readonly<Record<About, string>>;
  readonly unknownAge: string;
  readonly pending: string;
  readonly overdue: string;
  readonly unknown: (received: string, allowed: string) => string;
  readonly nothing: string;
  readonly nothingOfOurs: string;
  readonly doneOf: (names: string) => string;
  readonly noted: (names: string) => string;
  readonly dryRun: string;
  readonly begun: (n: number) => string;
  readonly takenBack: (keys: string) => string;
  readonly applying: string;
  readonly waits: (pid: number, since: string) => string;
  readonly heldBy: (user: string, host: string, pid: number, since: string) => string;
  readonly away: (service: string, seconds: string) => string;
  readonly notProved: (checks: string) => string;
  readonly backup: string;
  readonly rotated: (n: number, backup: string, seconds: string) => string;
  readonly otherStack: (stack: string) => string;
  /** Of the operator's SSH key. */
  readonly key: {
    readonly oldSiteUnknown: string;
    readonly authorised: (hosts: string) => string;
    readonly swapped: (file: string) => string;
    readonly removed: (hosts: string) => string;
    readonly stopped: (why: string) => string;
    readonly replaced: (file: string) => string;
  };
  readonly inForce: string;
  readonly resume: string;
}

const done = "smarter rotate NAME --done";

/** The words of `smarter rotate`. */
export const rotateWords: Words<RotateWords> = {
  en: {
    title: "In this order",
    head: { name: "Credential", age: "Age", way: "Replaced", users: "Used by" },
    way: {
      program: "now, by this command",
      person: "by a person",
      vault: "by smarter recover vault",
      generation: "not in place",
    },
    about: {
      s3: "The new key is made and handed out before the old one is deleted: backups go on. Containers that hold it restart.",
      databasePasswords: "PostgreSQL and the service restart once; how long each did not answer is measured.",
      ciphers:
        "Its backups are encrypted with it, and locked: neither pgBackRest nor restic encrypts them anew (restic's key command changes the password, not the master key, and the key that it removes stays as a locked version, which opens what is written afterwards too), and every manifest is signed with it. Replace the S3 keys: without one of them nobody fetches what it would decrypt.",
      shopifySecret: `Shopify makes it: reset it there, pulumi config set --secret smarteros:shopifySecret, pulumi up, then ${done}. Webhooks in between are refused and sent again by Shopify.`,
      whatsappSecret: `Meta makes it (App settings, Basic, App secret): reset it there, pulumi config set --secret smarteros:whatsappSecret, pulumi up, then ${done}. Webhooks in between are refused and sent again by Meta.`,
      vault: "Shares and token are Vault's own: it rekeys them and revokes the old ones.",
      recoveryHostKey:
        "The server was born with it, and is known by it. Before a server is ordered: pulumi config rm smarteros:recoveryHostKey, npm run secrets:init.",
      hostingerToken: `hPanel, Account, API: make a new token, pulumi config set --secret smarteros:hostingerToken, delete the old one there, then ${done}.`,
      drillToken: "Only in a drill, which makes it anew.",
      operatorKey:
        "The new one is let in on the host (and on the one that it replaced), logs in, takes the file's place, and then the old one is taken away. Both hosts must answer: one that is down would be left with the old key, and the fence could not enter it. Copies of the file on other machines open nothing afterwards; it is replaced only when it is named.",
      cloudflare: `https://dash.cloudflare.com/profile/api-tokens: Roll, pulumi config set --secret cloudflare:apiToken, then ${done}. The old one ends at once. (A token of one zone may not roll itself.)`,
      hcloud: `https://console.hetzner.cloud, the project, Security, API tokens: a new one, pulumi config set --secret hcloud:token, delete the old one there, then ${done}.`,
      aws: `AWS IAM: a second key of the operator's user, put in its place, the old one deleted, then ${done}.`,
      n8nEncryptionKey: `n8n encrypts its credentials with it, and has no command that changes it (newer versions rotate a data key below it, in their settings): n8n export:credentials --all --decrypted, the new key, n8n import:credentials, then ${done}. The exported file is in clear: on a tmpfs only.`,
      metabaseEncryptionKey: `Metabase re-encrypts: stop it, run its rotate-encryption-key with the new key, set it in smarteros:applicationKeys, pulumi up, then ${done}. Its command takes the key as an argument, which this program does not do to a secret.`,
      chatwootSecretKeyBase: `Signs sessions and links: set another in smarteros:applicationKeys, pulumi up, then ${done}. Everybody has to log in again.`,
      chatwootEncryptionPrimaryKey:
        "Chatwoot takes one key and re-encrypts nothing by itself: what it encrypts (two-factor secrets, channels' tokens) has to be entered again after a change.",
      chatwootEncryptionDeterministicKey:
        "Chatwoot takes one key and re-encrypts nothing by itself: what it finds by encrypted values is not found after a change.",
      chatwootEncryptionSalt: "Belongs to Chatwoot's two encryption keys: changes only with them.",
      botpressAppSecret: `Signs sessions: set another in smarteros:applicationKeys, pulumi up, then ${done}. Everybody has to log in again.`,
      dokployEncryptionKey:
        "Dokploy has no command that encrypts anew what it keeps: what it encrypts has to be entered again after a change.",
    },
    unknownAge: "not known",
    pending: "begun, goes on",
    overdue: "over the limit",
    unknown: (received, allowed) =>
      `received ${received}; allowed: ${allowed}, or s3, databasePasswords, applicationKeys for all of a kind`,
    nothing: "Nothing is that old: nothing to do.",
    nothingOfOurs: "None of these is replaced by this command: what to do is above. When it is done: add --done.",
    doneOf: (names) =>
      `--done: received ${names}; allowed: names of credentials that a person has changed; fix: leave --done out for the others`,
    noted: (names) => `noted as changed now: ${names}`,
    dryRun: "Dry run: nothing was changed.",
    begun: (n) => `${n} credential(s) begun: the new values are in the settings`,
    takenBack: (keys) => `taken back, made by an engine that was killed before it noted them: ${keys}`,
    applying: "pulumi up: the new ones are handed out, then the old ones deleted",
    waits: (pid, since) =>
      `an engine that an earlier run began still works (process ${pid}, since ${since}); waiting for its end`,
    heldBy: (user, host, pid, since) =>
      `the stack's state is held by ${user}@${host} (process ${pid}, since ${since}); fix: talk to them, then run this again`,
    away: (service, seconds) => `${service} did not answer for ${seconds}`,
    notProved: (checks) => `does not hold: ${checks}; fix: see above, then run the same command again`,
    backup: "waiting for a backup that was made with the new credentials",
    rotated: (n, backup, seconds) => `${n} credential(s) replaced and proved in ${seconds}; backups go on: ${backup}`,
    otherStack: (stack) =>
      `The other stack's settings and the escrow still hold the old passwords; a recovery with them would put those back in force: npm run secrets:init -- --stack ${stack === "primary" ? "recovery" : "primary"} --from ${stack} --force, and npm run escrow:seal`,
    key: {
      oldSiteUnknown:
        "ssh.operator: received smarteros:site.fence.hostKey without an address; allowed: both, since the key opens that host too and would not be replaced there; fix: smarteros:site.fence.address, or without a site that is ever to be fenced: pulumi config rm --path smarteros:site.fence.hostKey",
      authorised: (hosts) => `the new SSH key logs in on ${hosts}`,
      swapped: (file) => `the new SSH key is in ${file}`,
      removed: (hosts) => `the old SSH key is taken away on ${hosts}`,
      stopped: (why) =>
        `${why}; the SSH key that is in the file opens the hosts; fix: see above, then run the same command again`,
      replaced: (file) => `SSH key replaced and proved; give ${file} to whoever recovers with it on another machine`,
    },
    inForce: "In force now:",
    resume: "The same command goes on; nothing that works was taken away before its successor worked.",
  },
  es: {
    title: "En este orden",
    head: { name: "Credencial", age: "Antigüedad", way: "Se reemplaza", users: "La usan" },
    way: {
      program: "ahora, por este comando",
      person: "por una persona",
      vault: "por smarter recover vault",
      generation: "no en su lugar",
    },
    about: {
      s3: "La clave nueva se crea y se entrega antes de borrar la anterior: los respaldos siguen. Se reinician los contenedores que la tienen.",
      databasePasswords: "PostgreSQL y el servicio se reinician una vez; se mide cuánto tiempo no respondió cada uno.",
      ciphers:
        "Con ella están cifrados sus respaldos, y están bloqueados: ni pgBackRest ni restic los cifran de nuevo (el comando key de restic cambia la contraseña, no la clave maestra, y la clave que quita queda como versión bloqueada, que abre también lo que se escribe después), y cada manifiesto está firmado con ella. Reemplace las claves de S3: sin una de ellas nadie obtiene lo que descifraría.",
      shopifySecret: `La crea Shopify: reiníciela allí, pulumi config set --secret smarteros:shopifySecret, pulumi up, luego ${done}. Los webhooks de entremedio se rechazan y Shopify los reenvía.`,
      whatsappSecret: `La crea Meta (App settings, Basic, App secret): reiníciela allí, pulumi config set --secret smarteros:whatsappSecret, pulumi up, luego ${done}. Los webhooks de entremedio se rechazan y Meta los reenvía.`,
      vault: "Las partes y el token son de Vault mismo: él las rehace y revoca las anteriores.",
      recoveryHostKey:
        "El servidor nació con ella, y por ella se le conoce. Antes de pedir un servidor: pulumi config rm smarteros:recoveryHostKey, npm run secrets:init.",
      hostingerToken: `hPanel, Account, API: cree un token nuevo, pulumi config set --secret smarteros:hostingerToken, borre allí el anterior, luego ${done}.`,
      drillToken: "Solo en un simulacro, que lo crea de nuevo.",
      operatorKey:
        "La nueva se admite en el host (y en el que este reemplazó), entra con ella, toma el lugar del archivo, y solo entonces se quita la anterior. Ambos hosts deben responder: uno caído quedaría con la anterior, y el aislamiento no podría entrar. Las copias del archivo en otras máquinas no abren nada después; se reemplaza solo si se la nombra.",
      cloudflare: `https://dash.cloudflare.com/profile/api-tokens: Roll, pulumi config set --secret cloudflare:apiToken, luego ${done}. El anterior termina de inmediato. (Un token de una sola zona no puede renovarse a sí mismo.)`,
      hcloud: `https://console.hetzner.cloud, el proyecto, Security, API tokens: uno nuevo, pulumi config set --secret hcloud:token, borre allí el anterior, luego ${done}.`,
      aws: `AWS IAM: una segunda clave del usuario del operador, puesta en su lugar, la anterior borrada, luego ${done}.`,
      n8nEncryptionKey: `n8n cifra sus credenciales con ella, y no tiene un comando que la cambie (versiones nuevas rotan una clave de datos debajo de ella, en su configuración): n8n export:credentials --all --decrypted, la clave nueva, n8n import:credentials, luego ${done}. El archivo exportado está sin cifrar: solo en un tmpfs.`,
      metabaseEncryptionKey: `Metabase cifra de nuevo: deténgalo, ejecute su rotate-encryption-key con la clave nueva, póngala en smarteros:applicationKeys, pulumi up, luego ${done}. Su comando recibe la clave como argumento, lo que este programa no hace con un secreto.`,
      chatwootSecretKeyBase: `Firma sesiones y enlaces: ponga otra en smarteros:applicationKeys, pulumi up, luego ${done}. Todos tienen que volver a entrar.`,
      chatwootEncryptionPrimaryKey:
        "Chatwoot recibe una sola clave y no cifra nada de nuevo por sí mismo: lo que cifra (secretos de dos factores, tokens de canales) hay que ingresarlo otra vez tras un cambio.",
      chatwootEncryptionDeterministicKey:
        "Chatwoot recibe una sola clave y no cifra nada de nuevo por sí mismo: lo que busca por valores cifrados no se encuentra tras un cambio.",
      chatwootEncryptionSalt: "Pertenece a las dos claves de cifrado de Chatwoot: cambia solo con ellas.",
      botpressAppSecret: `Firma sesiones: ponga otra en smarteros:applicationKeys, pulumi up, luego ${done}. Todos tienen que volver a entrar.`,
      dokployEncryptionKey:
        "Dokploy no tiene un comando que cifre de nuevo lo que guarda: lo que cifra hay que ingresarlo otra vez tras un cambio.",
    },
    unknownAge: "desconocida",
    pending: "empezada, continúa",
    overdue: "sobre el límite",
    unknown: (received, allowed) =>
      `recibido ${received}; permitido: ${allowed}, o s3, databasePasswords, applicationKeys para todas las de una clase`,
    nothing: "Nada es tan antiguo: nada que hacer.",
    nothingOfOurs:
      "Ninguna de estas la reemplaza este comando: qué hacer está arriba. Cuando esté hecho: agregue --done.",
    doneOf: (names) =>
      `--done: recibido ${names}; permitido: nombres de credenciales que cambió una persona; solución: omita --done para las demás`,
    noted: (names) => `anotado como cambiado ahora: ${names}`,
    dryRun: "Ensayo: no se cambió nada.",
    begun: (n) => `${n} credencial(es) empezada(s): los valores nuevos están en la configuración`,
    takenBack: (keys) => `retiradas, creadas por un motor que murió antes de anotarlas: ${keys}`,
    applying: "pulumi up: se entregan las nuevas, luego se borran las anteriores",
    waits: (pid, since) =>
      `un motor que empezó otra ejecución sigue trabajando (proceso ${pid}, desde ${since}); se espera su fin`,
    heldBy: (user, host, pid, since) =>
      `el estado del stack lo tiene ${user}@${host} (proceso ${pid}, desde ${since}); solución: hable con esa persona y repita el comando`,
    away: (service, seconds) => `${service} no respondió durante ${seconds}`,
    notProved: (checks) => `no se cumple: ${checks}; solución: vea arriba y repita el mismo comando`,
    backup: "esperando un respaldo hecho con las credenciales nuevas",
    rotated: (n, backup, seconds) =>
      `${n} credencial(es) reemplazada(s) y probada(s) en ${seconds}; los respaldos siguen: ${backup}`,
    otherStack: (stack) =>
      `La configuración del otro stack y el depósito de secretos aún tienen las contraseñas anteriores; una recuperación con ellas las volvería a poner en uso: npm run secrets:init -- --stack ${stack === "primary" ? "recovery" : "primary"} --from ${stack} --force, y npm run escrow:seal`,
    key: {
      oldSiteUnknown:
        "ssh.operator: recibido smarteros:site.fence.hostKey sin dirección; permitido: ambos, ya que la clave abre también ese host y allí no se reemplazaría; solución: smarteros:site.fence.address, o si ningún sitio ha de aislarse: pulumi config rm --path smarteros:site.fence.hostKey",
      authorised: (hosts) => `la clave SSH nueva entra en ${hosts}`,
      swapped: (file) => `la clave SSH nueva está en ${file}`,
      removed: (hosts) => `la clave SSH anterior se quitó en ${hosts}`,
      stopped: (why) =>
        `${why}; la clave SSH que está en el archivo abre los hosts; solución: vea arriba y repita el mismo comando`,
      replaced: (file) =>
        `clave SSH reemplazada y probada; entregue ${file} a quien recupere con ella desde otra máquina`,
    },
    inForce: "En uso ahora:",
    resume: "El mismo comando continúa; nada que funciona se quitó antes de que funcionara su sucesor.",
  },
};
