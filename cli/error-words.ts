import { sayer } from "../words/said";
import type { Words } from "./language";

/** What stops a command, whichever it is: what was received, what is allowed, the fix. */
interface ErrorWords {
  readonly noEngine: () => string;
  readonly engineSaid: (command: string, said: string, fix: string) => string;
  readonly noStack: () => string;
  readonly noPassphrase: () => string;
  readonly noLogin: () => string;
  readonly emptySidecar: () => string;
  readonly noMore: () => string;
  readonly noSettingsFile: (file: string, code: string, stack: string) => string;
  readonly noSite: () => string;
  readonly wrongSetting: (path: string, rule: string) => string;
  readonly otherStack: (received: string, allowed: string, fix: string) => string;
  readonly noCiphers: () => string;
  readonly noSsh: () => string;
  readonly noHostKey: (address: string) => string;
  readonly notAPrivateKey: (what: string, why: string) => string;
  /** Of a provider, whose name stands before it. */
  readonly noToken: (key: string) => string;
  readonly httpStatus: (status: number) => string;
  readonly refusedToken: (status: number, key: string) => string;
  readonly noRecord: (domain: string) => string;
  readonly noFileSet: (set: string, service: string) => string;
  readonly noSuchService: (received: string, allowed: string) => string;
  readonly notAPath: (received: string) => string;
  readonly notAPgpKey: () => string;
  readonly aPrivateKey: () => string;
}

export const errorWords: Words<ErrorWords> = {
  en: {
    noEngine: () => "no pulumi on this machine; fix: npm run setup",
    engineSaid: (command, said, fix) => `pulumi ${command}: ${said}${fix}`,
    noStack: () => "; fix: pulumi stack init, or the state's place (PULUMI_BACKEND_URL)",
    noPassphrase: () => "; fix: PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
    noLogin: () => "; fix: pulumi login, or PULUMI_BACKEND_URL",
    emptySidecar: () =>
      "; the engine was killed while it wrote an empty sidecar file: the state itself is whole; fix: delete the empty *.attrs files in .pulumi/stacks of the state's folder, and add ?metadata=skip to PULUMI_BACKEND_URL",
    noMore: () => "",
    noSettingsFile: (file, code, stack) =>
      `${file}: ${code}; allowed: the settings of stack ${stack}; fix: --config-file FILE`,
    noSite: () => "smarteros:site: missing; allowed: see docs/configuration.md; fix: fill in the stack's settings file",
    wrongSetting: (path, rule) => `${path}: ${rule}; fix: pulumi preview says what is allowed`,
    otherStack: (received, allowed, fix) => `--stack: received ${received}; allowed: ${allowed}; fix: --stack ${fix}`,
    noCiphers: () =>
      "smarteros:postgresCipher, smarteros:filesCipher: not at hand, so no signature can be checked; fix: PULUMI_CONFIG_PASSPHRASE_FILE",
    noSsh: () => "smarteros:site.ssh: missing or wrong; fix: docs/configuration.md",
    noHostKey: (address) =>
      `${address}: no host key of it in the settings; fix: --primary-config-file, or the recovery's secrets`,
    notAPrivateKey: (what, why) => `${what}: not a private key (${why}); fix: an unencrypted OpenSSH key`,
    noToken: (key) => `no token; fix: ${key}`,
    httpStatus: (status) => `it answered HTTP ${status}`,
    refusedToken: (status, key) => `it answered HTTP ${status}; fix: ${key}`,
    noRecord: (domain) => `no A record of ${domain}`,
    noFileSet: (set, service) => `backup set ${set}: it has no file set ${service}; fix: another --at`,
    noSuchService: (received, allowed) => `SERVICE: received ${received}; allowed: ${allowed}; fix: one of them`,
    notAPath: (received) =>
      `--path: received ${received}; allowed: a path below the service's data folder, as filestore/odoo/ab; fix: leave out the leading / and ..`,
    aPrivateKey: () => "received a private key; allowed: the holder's public key; fix: gpg --export",
    notAPgpKey: () => "received no public key; allowed: gpg --export, or gpg --armor --export, of one holder",
  },
  es: {
    noEngine: () => "no hay pulumi en esta máquina; solución: npm run setup",
    engineSaid: (command, said, fix) => `pulumi ${command}: «${said}»${fix}`,
    noStack: () => "; solución: pulumi stack init, o el lugar del estado (PULUMI_BACKEND_URL)",
    noPassphrase: () => "; solución: PULUMI_CONFIG_PASSPHRASE o PULUMI_CONFIG_PASSPHRASE_FILE",
    noLogin: () => "; solución: pulumi login, o PULUMI_BACKEND_URL",
    emptySidecar: () =>
      "; el motor fue terminado mientras escribía un archivo auxiliar vacío: el estado mismo está entero; solución: borrar los archivos *.attrs vacíos en .pulumi/stacks de la carpeta del estado, y añadir ?metadata=skip a PULUMI_BACKEND_URL",
    noMore: () => "",
    noSettingsFile: (file, code, stack) =>
      `${file}: ${code}; permitido: la configuración del stack ${stack}; solución: --config-file ARCHIVO`,
    noSite: () =>
      "smarteros:site: falta; permitido: ver docs/configuration.md; solución: llenar el archivo de configuración del stack",
    wrongSetting: (path, rule) => `${path}: «${rule}»; solución: pulumi preview dice qué se permite`,
    otherStack: (received, allowed, fix) =>
      `--stack: recibido ${received}; permitido: ${allowed}; solución: --stack ${fix}`,
    noCiphers: () =>
      "smarteros:postgresCipher, smarteros:filesCipher: no están a mano, así que no se puede comprobar ninguna firma; solución: PULUMI_CONFIG_PASSPHRASE_FILE",
    noSsh: () => "smarteros:site.ssh: falta o está mal; solución: docs/configuration.md",
    noHostKey: (address) =>
      `${address}: su clave de host no está en la configuración; solución: --primary-config-file, o los secretos de la recuperación`,
    notAPrivateKey: (what, why) => `${what}: no es una clave privada (${why}); solución: una clave OpenSSH sin cifrar`,
    noToken: (key) => `falta el token; solución: ${key}`,
    httpStatus: (status) => `respondió HTTP ${status}`,
    refusedToken: (status, key) => `respondió HTTP ${status}; solución: ${key}`,
    noRecord: (domain) => `no hay registro A de ${domain}`,
    noFileSet: (set, service) =>
      `conjunto de respaldo ${set}: no tiene los archivos de ${service}; solución: otro --at`,
    noSuchService: (received, allowed) =>
      `SERVICE: recibido ${received}; permitido: ${allowed}; solución: uno de ellos`,
    notAPath: (received) =>
      `--path: recibido ${received}; permitido: una ruta bajo la carpeta de datos del servicio, como filestore/odoo/ab; solución: sin / inicial ni ..`,
    aPrivateKey: () => "se recibió una clave privada; permitido: la clave pública del custodio; solución: gpg --export",
    notAPgpKey: () =>
      "no se recibió una clave pública; permitido: gpg --export, o gpg --armor --export, de un custodio",
  },
};

/** Says what stops a command. */
export const sayError = sayer(errorWords);
