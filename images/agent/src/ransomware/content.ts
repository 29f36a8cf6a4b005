import { extname } from "node:path";

/** Bytes of a file's head that are looked at: where formats have their signature, and what every known encryptor overwrites. */
export const headBytes = 4_096;
/** Of fewer bytes entropy says nothing. */
const least = 128;

/** Beginnings of files whose content is compressed, and so looks random to any measure. https://www.garykessler.net/library/file_sigs.html */
const signatures = {
  pdf: ["%PDF-"],
  jpeg: ["\xff\xd8\xff"],
  png: ["\x89PNG\r\n\x1a\n"],
  gif: ["GIF87a", "GIF89a"],
  riff: ["RIFF"], // WebP, WAV, AVI
  zip: ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08"], // and Office, OpenDocument, EPUB, Java
  gzip: ["\x1f\x8b"],
  zlib: ["\x78\x01", "\x78\x5e", "\x78\x9c", "\x78\xda"], // Git's objects
  pack: ["PACK"],
  bzip2: ["BZh"],
  xz: ["\xfd7zXZ\0"],
  zstd: ["\x28\xb5\x2f\xfd"],
  lz4: ["\x04\x22\x4d\x18"],
  sevenZip: ["7z\xbc\xaf\x27\x1c"],
  rar: ["Rar!\x1a\x07"],
  ole: ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"], // Office before 2007, Outlook messages
  tiff: ["II*\0", "MM\0*"],
  ogg: ["OggS"],
  flac: ["fLaC"],
  mp3: ["ID3", "\xff\xfb", "\xff\xf3", "\xff\xf2"],
  aac: ["\xff\xf1", "\xff\xf9"],
  matroska: ["\x1a\x45\xdf\xa3"], // and WebM
  woff: ["wOFF", "wOF2"],
  sqlite: ["SQLite format 3\0"],
  pgp: ["-----BEGIN PGP"],
  age: ["age-encryption.org/"],
} as const;
type Format = keyof typeof signatures;
/** ISO media (MP4, MOV, HEIC, AVIF, M4A) say their kind after the length of the first box. */
const isoMedia = "ftyp";

/** What a name promises. Only formats that always begin so. */
const promised: Readonly<Record<string, Format>> = {
  ".pdf": "pdf",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".png": "png",
  ".gif": "gif",
  ".webp": "riff",
  ".zip": "zip",
  ".docx": "zip",
  ".xlsx": "zip",
  ".pptx": "zip",
  ".odt": "zip",
  ".ods": "zip",
  ".gz": "gzip",
  ".tgz": "gzip",
  ".7z": "sevenZip",
  ".xz": "xz",
  ".zst": "zstd",
  ".sqlite": "sqlite",
};

const known = Object.values(signatures).flat();
const hasSignature = (head: string): boolean =>
  head.slice(4, 8) === isoMedia || known.some((signature) => head.startsWith(signature));

/**
 * Whether a file looks encrypted: its content is as random as random bytes and begins like no known format, or it lacks the signature that
 * its name promises, and has no other.
 * @param name last part of its path
 * @param head its first {@link headBytes}
 * @param randomness see `RansomwareWatch`
 * @returns undefined: too short to be judged
 */
export function looksEncrypted(name: string, head: Buffer, randomness: number): boolean | undefined {
  if (hasSignature(head.toString("latin1", 0, 32))) return false;
  if (head.length < least) return undefined;
  return extname(name).toLowerCase() in promised || entropy(head) >= randomness * randomEntropy(head.length);
}

/** Shannon's, in bits a byte: 0 for one value alone, 8 for all equally often. */
export function entropy(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  let bits = 0;
  for (const n of counts) if (n > 0) bits -= (n / bytes.length) * Math.log2(n / bytes.length);
  return bits;
}

const expected = new Map<number, number>();

/**
 * What random bytes of this length have on average: of few bytes less than 8, since not every value comes up. Each value's count is
 * binomial, and the entropy the sum of what each contributes.
 */
export function randomEntropy(length: number): number {
  const before = expected.get(length);
  if (before !== undefined) return before;
  // P(count = k), from k = 0 on, until what is left no longer counts.
  let p = (255 / 256) ** length;
  let sum = 0;
  for (let k = 0, seen = 0; k <= length && seen < 1 - 1e-12; k++) {
    seen += p;
    if (k > 0) sum += p * k * Math.log2(k);
    p *= (length - k) / ((k + 1) * 255);
  }
  const bits = Math.log2(length) - (256 * sum) / length;
  expected.set(length, bits);
  return bits;
}
