import type { Words } from "../language";

interface VaultWords {
  readonly will: {
    readonly seal: string;
    readonly restore: (at: string, folder: string) => string;
    readonly revoke: string;
    readonly rekey: (holders: number | undefined, setting: string) => string;
    readonly reads: (since: string | undefined) => string;
    readonly reopen: string;
  };
  readonly noShares: string;
  readonly askShare: (n: number) => string;
  readonly sharesWrong: (step: string, why: string) => string;
  readonly noSnapshot: (set: string) => string;
  readonly step: {
    readonly sealing: string;
    readonly isolating: string;
    readonly isolated: string;
    readonly restoring: (at: string) => string;
    readonly restored: (damaged: string) => string;
    readonly looking: string;
    readonly found: (counts: string) => string;
    readonly token: (kind: string, name: string, policies: string, issued: string) => string;
    readonly foreign: (what: string) => string;
    readonly cleaning: string;
    readonly cleaned: (tokens: number, leases: number, secretIds: number) => string;
    readonly rekeying: string;
    readonly rekeyed: string;
    readonly sharesWritten: (files: string) => string;
    readonly reopening: string;
    readonly reopened: string;
    readonly snapshot: string;
    readonly backedUp: (key: string) => string;
  };
  readonly counts: (tokens: number, roots: number, leases: number, secretIds: number) => string;
  readonly noAudit: string;
  readonly auditElsewhere: (devices: string) => string;
  readonly logFrom: (from: string, entries: number) => string;
  readonly logShort: (from: string, since: string) => string;
  readonly handedOut: (n: number, byOthers: number) => string;
  readonly read: (path: string, count: number) => string;
  readonly more: (n: number) => string;
  readonly rotation: {
    readonly snapshot: string;
    readonly webhook: string;
    readonly store: string;
    readonly database: string;
    readonly other: string;
  };
  readonly checksFailed: (names: string) => string;
  readonly recovered: (seconds: string) => string;
  readonly next: (stack: string, other: string) => string;
  readonly pgpNext: string;
  readonly oldBackups: string;
  readonly resume: string;
}

/** The words of `smarter recover vault`. */
export const vaultWords: Words<VaultWords> = {
  en: {
    will: {
      seal: "Vault is sealed and taken off every network: the gateway answers nothing until the end",
      restore: (at, folder) =>
        `its content goes back to ${at}: later writes are gone; what there is now is kept as ${folder} until smarter recover release`,
      revoke:
        "every token, lease and AppRole secret id is revoked; the site's own token is made anew, other programs and people log in again",
      rekey: (holders, setting) =>
        holders === undefined
          ? `new unseal shares go into the stack's secret ${setting}; the barrier key is rotated`
          : `new unseal shares, encrypted for ${holders} holders, are written here; the barrier key is rotated`,
      reads: (since) =>
        `the audit log is searched for what was read ${since === undefined ? "as far back as it goes" : `since ${since}`}`,
      reopen: "the gateway and the backup agent are made anew with the new token; a snapshot is taken at once",
    },
    noShares:
      "no unseal shares: the stack has none, and without a terminal nobody can be asked; fix: pulumi config set --secret smarteros:vaultUnsealShares (from stdin), or a terminal",
    askShare: (n) => `Unseal share ${n} (not shown; empty: that was all):`,
    sharesWrong: (step, why) =>
      `step ${step}: ${why}; Vault stays sealed off; nothing was changed for good; fix: the right shares (smarteros:vaultUnsealShares, or remove it to be asked), then the same command`,
    noSnapshot: (set) => `backup set ${set}: it has no snapshot of Vault; fix: another --at`,
    step: {
      sealing: "sealing Vault",
      isolating: "taking it off every network",
      isolated: "nobody but you reaches Vault",
      restoring: (at) => `putting the snapshot of ${at} in place`,
      restored: (damaged) => `in place; what was there is kept as ${damaged}`,
      looking: "unsealing it, and looking who has access",
      found: (counts) => `found: ${counts}`,
      token: (kind, name, policies, issued) => `${kind} token ${name} (${policies}), issued ${issued}`,
      foreign: (what) => `not of the site's making, and left as it is: ${what}; look at it`,
      cleaning: "revoking, and making the site's token anew",
      cleaned: (tokens, leases, ids) => `revoked: ${tokens} tokens, ${leases} leases, ${ids} AppRole secret ids`,
      rekeying: "making new unseal shares",
      rekeyed: "the old shares open nothing any more",
      sharesWritten: (files) => `shares, each for its holder alone (gpg --decrypt FILE):\n${files}`,
      reopening: "back on the site's network; the gateway and the agent get the new token",
      reopened: "the gateway is healthy",
      snapshot: "waiting for a snapshot under the new shares",
      backedUp: (key) => `it is in the backups: ${key}`,
    },
    counts: (tokens, roots, leases, ids) =>
      `${tokens} tokens, ${roots} of them root; ${leases} leases; ${ids} AppRole secret ids`,
    noAudit:
      "No audit device was on: what was read is not known. Take every secret in Vault as read. The device is on from now on.",
    auditElsewhere: (devices) =>
      `The container's log holds no audit entry; the audit device writes elsewhere (${devices}): search it by hand.`,
    logFrom: (from, entries) => `audit log: from ${from}, ${entries} entries looked at`,
    logShort: (from, since) =>
      `The log begins at ${from}, later than ${since}: what was read before that is not known.`,
    handedOut: (n, byOthers) =>
      `Secrets that were handed out: ${n}, ${byOthers} of them to others than the site itself`,
    read: (path, count) => `${path}: read ${count} times`,
    more: (n) => `... and ${n} more: --json`,
    rotation: {
      snapshot:
        "a copy of all of Vault, encrypted: it opens with the old shares; if they were known too, every secret in it is to be rotated",
      webhook:
        "make it anew at its provider (Shopify: Settings, Notifications; Meta: App settings), write it to the same path, and to smarteros:shopifySecret or whatsappSecret if it is that; pulumi up",
      store: "make a new access key in IAM, write it to the same path, deactivate the old one, delete it a day later",
      database:
        "alter role ... password in PostgreSQL, the same in smarteros:databasePasswords, write it to the same path; pulumi up",
      other: "make it anew where it came from, write it to the same path, revoke the old one there",
    },
    checksFailed: (names) => `these do not hold: ${names}; fix: the same command again, or look at Vault by hand`,
    recovered: (seconds) => `Recovered, after ${seconds} of work.`,
    next: (stack, other) =>
      `The escrow and stack ${other} still hold the old shares and token:\n  npm run escrow:seal -- --stack ${stack} ...\n  npm run secrets:init -- --stack ${other} --from ${stack} --force`,
    pgpNext:
      "The new shares are with their holders alone: no stack can open Vault without them. For a failover, give them as smarteros:vaultUnsealShares then.",
    oldBackups:
      "Snapshots of before open with the old shares as long as the backups keep them: whoever has both can read what was in them. Rotate it.",
    resume: "Nothing is lost: the same command goes on where it stopped. Until its end Vault is reached by nobody.",
  },
  es: {
    will: {
      seal: "Vault se sella y se saca de toda red: el gateway no responde hasta el final",
      restore: (at, folder) =>
        `su contenido vuelve a ${at}: lo escrito después desaparece; lo que hay ahora se guarda como ${folder} hasta smarter recover release`,
      revoke:
        "se revoca todo token, lease y secret id de AppRole; el token del propio sitio se hace de nuevo, los demás programas y personas vuelven a entrar",
      rekey: (holders, setting) =>
        holders === undefined
          ? `nuevas partes de la llave van al secreto ${setting} del stack; se rota la llave de la barrera`
          : `nuevas partes de la llave, cifradas para ${holders} custodios, se escriben aquí; se rota la llave de la barrera`,
      reads: (since) =>
        `se busca en el registro de auditoría qué se leyó ${since === undefined ? "hasta donde llega" : `desde ${since}`}`,
      reopen:
        "el gateway y el agente de respaldo se hacen de nuevo con el token nuevo; se toma un snapshot de inmediato",
    },
    noShares:
      "no hay partes de la llave: el stack no las tiene, y sin terminal no hay a quién preguntar; solución: pulumi config set --secret smarteros:vaultUnsealShares (por stdin), o una terminal",
    askShare: (n) => `Parte ${n} de la llave (no se muestra; vacío: eran todas):`,
    sharesWrong: (step, why) =>
      `paso ${step}: ${why}; Vault queda aislado; nada cambió de forma definitiva; solución: las partes correctas (smarteros:vaultUnsealShares, o quitarlo para que se pregunten), luego el mismo comando`,
    noSnapshot: (set) => `conjunto de respaldo ${set}: no tiene snapshot de Vault; solución: otro --at`,
    step: {
      sealing: "sellando Vault",
      isolating: "sacándolo de toda red",
      isolated: "nadie más que usted alcanza Vault",
      restoring: (at) => `poniendo en su lugar el snapshot de ${at}`,
      restored: (damaged) => `en su lugar; lo que había se guarda como ${damaged}`,
      looking: "abriéndolo, y mirando quién tiene acceso",
      found: (counts) => `hallado: ${counts}`,
      token: (kind, name, policies, issued) => `token ${kind} ${name} (${policies}), emitido ${issued}`,
      foreign: (what) => `no lo hizo el sitio, y queda como está: ${what}; hay que mirarlo`,
      cleaning: "revocando, y haciendo de nuevo el token del sitio",
      cleaned: (tokens, leases, ids) => `revocados: ${tokens} tokens, ${leases} leases, ${ids} secret ids de AppRole`,
      rekeying: "haciendo nuevas partes de la llave",
      rekeyed: "las partes anteriores ya no abren nada",
      sharesWritten: (files) => `partes, cada una solo para su custodio (gpg --decrypt ARCHIVO):\n${files}`,
      reopening: "de vuelta en la red del sitio; el gateway y el agente reciben el token nuevo",
      reopened: "el gateway está sano",
      snapshot: "esperando un snapshot con las partes nuevas",
      backedUp: (key) => `está en los respaldos: ${key}`,
    },
    counts: (tokens, roots, leases, ids) =>
      `${tokens} tokens, ${roots} de ellos root; ${leases} leases; ${ids} secret ids de AppRole`,
    noAudit:
      "Ningún dispositivo de auditoría estaba activo: no se sabe qué se leyó. Tome todo secreto de Vault por leído. El dispositivo queda activo.",
    auditElsewhere: (devices) =>
      `El log del contenedor no tiene entradas de auditoría; el dispositivo escribe en otra parte (${devices}): buscar allí a mano.`,
    logFrom: (from, entries) => `registro de auditoría: desde ${from}, ${entries} entradas miradas`,
    logShort: (from, since) => `El registro empieza a las ${from}, después de ${since}: lo leído antes no se conoce.`,
    handedOut: (n, byOthers) => `Secretos que salieron: ${n}, ${byOthers} de ellos hacia otros que el propio sitio`,
    read: (path, count) => `${path}: leído ${count} veces`,
    more: (n) => `... y ${n} más: --json`,
    rotation: {
      snapshot:
        "una copia de todo Vault, cifrada: se abre con las partes anteriores; si también se conocían, hay que rotar cada secreto que contiene",
      webhook:
        "hacerlo de nuevo con su proveedor (Shopify: Settings, Notifications; Meta: App settings), escribirlo en la misma ruta, y en smarteros:shopifySecret o whatsappSecret si es ese; pulumi up",
      store:
        "hacer una clave de acceso nueva en IAM, escribirla en la misma ruta, desactivar la anterior, borrarla un día después",
      database:
        "alter role ... password en PostgreSQL, lo mismo en smarteros:databasePasswords, escribirla en la misma ruta; pulumi up",
      other: "hacerlo de nuevo donde se originó, escribirlo en la misma ruta, revocar allí el anterior",
    },
    checksFailed: (names) => `no se cumplen: ${names}; solución: el mismo comando otra vez, o mirar Vault a mano`,
    recovered: (seconds) => `Recuperado, tras ${seconds} de trabajo.`,
    next: (stack, other) =>
      `El escrow y el stack ${other} aún tienen las partes y el token anteriores:\n  npm run escrow:seal -- --stack ${stack} ...\n  npm run secrets:init -- --stack ${other} --from ${stack} --force`,
    pgpNext:
      "Las partes nuevas las tienen solo sus custodios: ningún stack puede abrir Vault sin ellos. Para un failover, darlas entonces como smarteros:vaultUnsealShares.",
    oldBackups:
      "Los snapshots de antes se abren con las partes anteriores mientras los respaldos los guarden: quien tenga ambos puede leer lo que había. Hay que rotarlo.",
    resume: "Nada se pierde: el mismo comando continúa donde se detuvo. Hasta su fin nadie alcanza Vault.",
  },
};
