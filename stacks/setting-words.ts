import type { Said } from "../words/said";

/**
 * What the schemas allow and how to mend it, in Spanish: by the English that stands beside each property, of which docs/configuration.md
 * is made. A test fails for one that is missing here, and for one that no schema says any more.
 */
export const settingsInSpanish: Readonly<Record<string, string>> = {
  "existing in the primary, hetzner in the recovery": "existing en el primario, hetzner en la recuperación",
  "a public IPv4 address": "una dirección IPv4 pública",
  "take it from Hostinger's panel": "tomarla del panel de Hostinger",
  'the last two fields of its known_hosts line, "ssh-ed25519 AAAA..."':
    'los dos últimos campos de su línea de known_hosts, "ssh-ed25519 AAAA..."',
  "ssh-keyscan -t ed25519 ADDRESS, compared with `cat /etc/ssh/ssh_host_ed25519_key.pub` in the provider's console":
    "ssh-keyscan -t ed25519 DIRECCIÓN, comparada con `cat /etc/ssh/ssh_host_ed25519_key.pub` en la consola del proveedor",
  "Hetzner's server types, at least one": "tipos de servidor de Hetzner, al menos uno",
  "Hetzner's locations, at least one": "ubicaciones de Hetzner, al menos una",
  "an image of Hetzner's with cloud-init and apt": "una imagen de Hetzner con cloud-init y apt",
  'a number, a space and a unit, such as "40 GiB"': 'un número, un espacio y una unidad, como "40 GiB"',
  'write "40 GiB"': 'escribir "40 GiB"',
  "smarteros:site.host.hostKey of the primary": "smarteros:site.host.hostKey del primario",
  "a user that may run docker": "un usuario que pueda usar docker",
  "a whole number; needs smarteros:hostingerToken": "un número entero; necesita smarteros:hostingerToken",
  "the number in the address of the VPS's page in Hostinger's panel":
    "el número en la dirección de la página del VPS en el panel de Hostinger",
  "a RUT such as 76192083-9 or 76.192.083-9": "un RUT como 76192083-9 o 76.192.083-9",
  "a text": "un texto",
  "a domain name in lower case": "un nombre de dominio en minúsculas",
  "write it as smarterbot.cl": "escribirlo como smarterbot.cl",
  "a whole number from 1": "un número entero desde 1",
  "a whole number below generation; needed in the recovery":
    "un número entero menor que generation; se exige en la recuperación",
  "an existing server or one at Hetzner": "un servidor existente o uno en Hetzner",
  "a path; ~ is the home folder; unencrypted": "una ruta; ~ es la carpeta personal; sin cifrar",
  "ssh-keygen -t ed25519 -f FILE, then name FILE": "ssh-keygen -t ed25519 -f ARCHIVO, y nombrar ARCHIVO",
  "networks as CIDR, at least one, not the whole world": "redes como CIDR, al menos una, no el mundo entero",
  "your own public address and /32": "su propia dirección pública y /32",
  "a map": "un mapa",
  "a map; only with restoreFrom": "un mapa; solo con restoreFrom",
  "wait (until it answers) or start (and say so)": "wait (hasta que responda) o start (y decirlo)",
  "name:tag@sha256:<64 hex digits>": "nombre:etiqueta@sha256:<64 cifras hexadecimales>",
  'write name:tag and run "npm run images:pin", which asks the image\'s registry for the digest':
    'escribir nombre:etiqueta y ejecutar "npm run images:pin", que pide el digest al registro de la imagen',
  "3 to 55 lower-case letters, digits and dashes, unique in all of S3":
    "de 3 a 55 letras minúsculas, cifras y guiones, único en todo S3",
  "a region of AWS, the same as aws:region": "una región de AWS, la misma que aws:region",
  "another region": "otra región",
  "a DNS name that its certificate holds": "un nombre DNS que esté en su certificado",
  "1 to 65535": "de 1 a 65535",
  PEM: "PEM",
  "acme or internal": "acme o internal",
  "an e-mail address": "una dirección de correo",
  "a map with issuer": "un mapa con issuer",
  "32 hex digits": "32 cifras hexadecimales",
  "take it from the zone's overview page at Cloudflare, under API":
    "tomarlo de la página de la zona en Cloudflare, bajo API",
  'a number, a space and a unit, such as "60 seconds"; 60 seconds to 1 day (Cloudflare\'s limits)':
    'un número, un espacio y una unidad, como "60 seconds"; de 60 seconds a 1 day (límites de Cloudflare)',
  'write "60 seconds"': 'escribir "60 seconds"',
  "true or false": "true o false",
  "address or address:port, at least one": "dirección o dirección:puerto, al menos una",
  "true only together with drill": "true solo junto con drill",
  "a list of { rut, name }, at least one": "una lista de { rut, name }, al menos uno",
  "true only in a drill": "true solo en un simulacro",
  "ISO 8601 with a zone, in the past, such as 2026-11-23T21:05:00Z":
    "ISO 8601 con zona, en el pasado, como 2026-11-23T21:05:00Z",
  "write 2026-11-23T21:05:00Z": "escribir 2026-11-23T21:05:00Z",
  "a reason, at least 10 characters": "un motivo, de al menos 10 caracteres",
  "say who decided it, and why": "decir quién lo decidió, y por qué",
  "the number of a generation": "el número de una generación",
  "pulumi config rm recovery:switchover": "pulumi config rm recovery:switchover",
  "true or false; true only while a newer generation is active":
    "true o false; true solo mientras haya activa una generación más nueva",
  "JSON, as these commands write it": "JSON, como lo escriben esos comandos",
  "take the settings file as it was committed": "tomar el archivo de configuración como está en el repositorio",
  "at least 16 characters, the same in both stacks": "al menos 16 caracteres, lo mismo en ambos stacks",
  "npm run secrets:init -- --stack STACK": "npm run secrets:init -- --stack STACK",
  "JSON, by database, at least 12 characters each, the same in both stacks":
    "JSON, por base de datos, al menos 12 caracteres cada una, lo mismo en ambos stacks",
  "JSON, by key, at least 16 characters each, the same in both stacks":
    "JSON, por clave, al menos 16 caracteres cada una, lo mismo en ambos stacks",
  "npm run secrets:init -- --stack STACK; of a site that is already running, its own keys":
    "npm run secrets:init -- --stack STACK; de un sitio que ya funciona, sus propias claves",
  "needed by a restore": "lo necesita una restauración",
  "token in the primary's output vaultEscrow, or the escrow":
    "token en la salida vaultEscrow del primario, o la custodia",
  'JSON, ["share", ...]; needed by a restore': 'JSON, ["parte", ...]; las necesita una restauración',
  "unsealShares in the primary's output vaultEscrow, or the escrow":
    "unsealShares en la salida vaultEscrow del primario, o la custodia",
  "only while a recovery of Vault is under way": "solo mientras se recupera Vault",
  "smarter recover vault": "smarter recover vault",
  "an OpenSSH ed25519 key without a passphrase; needed with host.kind hetzner":
    "una clave OpenSSH ed25519 sin frase de paso; se exige con host.kind hetzner",
  "a token of Hostinger's API; only with site.fence.hostingerVirtualMachine":
    "un token de la API de Hostinger; solo con site.fence.hostingerVirtualMachine",
  "hPanel -> Account -> API -> new token": "hPanel -> Cuenta -> API -> nuevo token",
  "at least 16 characters; only with drill": "al menos 16 caracteres; solo con drill",
};

/** A text of a schema. @param text what zod says, where the schema says nothing: that stays as it is */
export const settingSaid =
  (text: string): Said =>
  (lang) =>
    lang === "es" ? (settingsInSpanish[text] ?? text) : text;
