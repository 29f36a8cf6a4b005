/** US dollars. */
export interface RegionPrices {
  /** A GB-month of S3 Standard, first 50 TB. */
  readonly standard: number;
  /** A GB-month of S3 Standard-IA. */
  readonly infrequent: number;
  /** A thousand PUT, COPY, POST or LIST. */
  readonly puts: number;
  /** A thousand GET and all other. */
  readonly gets: number;
  /** A thousand PUT into Standard-IA. */
  readonly infrequentPuts: number;
  /** A GB to another region of AWS. */
  readonly toRegion: number;
  /** A GB to the Internet, first 10 TB a month. */
  readonly toInternet: number;
}

/**
 * AWS's public price list: offers AmazonS3 (published 2026-08-07) and AWSDataTransfer (published 2026-07-20), at
 * https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/current/REGION/index.json and .../AWSDataTransfer/... Taken from a
 * transcription of these offers, not from AWS itself: compare before a decision hangs on a cent. `toRegion` is the list's usual rate
 * between regions (two neighbours in one country cost half of it).
 */
export const prices = {
  source: "AWS price list, offers AmazonS3 (2026-08-07) and AWSDataTransfer (2026-07-20), by a transcription",
  /** GB a month to the Internet that are free, over all of an account. */
  freeToInternet: 100,
  /** Standard-IA bills each object as at least so many bytes. */
  infrequentMinimumBytes: 128 * 1024,
  regions: {
    "eu-central-1": region({ standard: 0.0245, infrequent: 0.0135, puts: 0.0054, gets: 0.00043 }),
    "eu-west-1": region({ standard: 0.023, infrequent: 0.0125, puts: 0.005, gets: 0.0004 }),
    "us-east-1": region({ standard: 0.023, infrequent: 0.0125, puts: 0.005, gets: 0.0004 }),
  },
} as const;
export type Region = keyof typeof prices.regions;

function region(own: Pick<RegionPrices, "standard" | "infrequent" | "puts" | "gets">): RegionPrices {
  return { ...own, infrequentPuts: 0.01, toRegion: 0.02, toInternet: 0.09 };
}

/** @throws Error for a region without prices here */
export function regionOf(name: string): Region {
  if (name in prices.regions) return name as Region;
  throw new Error(
    `region: received ${JSON.stringify(name)}; allowed: ${Object.keys(prices.regions).join(", ")}; fix: add its prices to backups/cost/prices.ts`,
  );
}
