/** Formats of keys and tokens, each by its issuer's own documentation. */
const formats: Readonly<Record<string, RegExp>> = {
  "an AWS access key id": /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  "a GitHub token": /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/,
  "a Slack token": /\bxox[abeprs]-[A-Za-z0-9-]{10,}/,
  "a Vault token": /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/,
  "a JSON web token": /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./,
  "a Stripe key": /\b[rs]k_live_[A-Za-z0-9]{20,}/,
  "a Shopify token": /\bshp(at|ca|pa|ss)_[a-fA-F0-9]{32}\b/,
  "a password in a URL": /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@]+@/i,
};

/** Bits a character from which on, with letters and digits mixed, a text is no word. English prose has about 4.1, hex digits 4 at most. */
const randomBits = 4.3;
const shortestRandom = 24;

/** What long random texts are that are no secrets: public keys, digests, certificates, times, ARNs, URLs and paths. */
const harmless = [
  /ssh-(ed25519|rsa) [A-Za-z0-9+/=]+/g,
  /ecdsa-sha2-\S+ [A-Za-z0-9+/=]+/g,
  /\bsha(256|512)[:-][A-Za-z0-9+/=]+/g,
  /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g,
  // A time, as names of backup sets end in: 2026-11-24T084920148Z
  /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g,
  /\barn:[a-z-]+:[^\s"']+/g,
  // An absolute path of at least two parts: /dev/disk/by-id/scsi-0HC_Volume_100000001
  /(?<![A-Za-z0-9+/=])\/[\w.-]+(\/[\w.-]+)+/g,
];

/** Shannon's entropy of a text, bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
}

const isRandom = (word: string) =>
  word.length >= shortestRandom &&
  /[a-z]/.test(word) &&
  /[A-Z]/.test(word) &&
  /\d/.test(word) &&
  entropy(word) >= randomBits;

/** What secret a text in clear holds: one of the configuration, a known format, or something random; undefined for none. Never the secret itself. */
export function secretIn(text: string, configured: readonly string[]): string | undefined {
  if (configured.some((secret) => text.includes(secret))) return "a secret of the configuration";
  for (const [what, format] of Object.entries(formats)) if (format.test(text)) return what;
  const rest = harmless.reduce((left, pattern) => left.replaceAll(pattern, " "), text);
  return rest.split(/[^A-Za-z0-9+/=_-]+/).some(isRandom) ? "a random text, as keys and passwords are" : undefined;
}
