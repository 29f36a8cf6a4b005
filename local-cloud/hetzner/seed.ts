/**
 * The catalogue: what can be ordered where. Types and figures follow Hetzner's list of 2025/2026; which of them are gone or
 * sold out is chosen to be typical (cx22 is no longer sold; cx33 is often sold out in single locations).
 */
export interface Location {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly country: string;
  readonly city: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly network_zone: string;
  /** The data centre that servers of this location report. */
  readonly datacenter: string;
}

const place = (
  id: number,
  name: string,
  datacenter: string,
  network_zone: string,
  country: string,
  city: string,
  latitude: number,
  longitude: number,
): Location => ({
  id,
  name,
  description: `${city} DC Park 1`,
  country,
  city,
  latitude,
  longitude,
  network_zone,
  datacenter,
});

export const locations: readonly Location[] = [
  place(1, "fsn1", "fsn1-dc14", "eu-central", "DE", "Falkenstein", 50.47612, 12.370071),
  place(2, "nbg1", "nbg1-dc3", "eu-central", "DE", "Nuremberg", 49.452102, 11.076665),
  place(3, "hel1", "hel1-dc2", "eu-central", "FI", "Helsinki", 60.169855, 24.938379),
  place(4, "ash", "ash-dc1", "us-east", "US", "Ashburn, VA", 39.045821, -77.487073),
];

export interface ServerType {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly cpuType: "shared" | "dedicated";
  readonly cores: number;
  readonly memoryGiB: number;
  readonly diskGB: number;
  /** When it stopped being sold; undefined: it is sold. */
  readonly deprecation?: { readonly announced: string; readonly unavailable_after: string };
  /** Where it exists, and whether one can be ordered there now. */
  readonly offers: Readonly<Record<string, "available" | "sold-out">>;
}

const everywhere = { fsn1: "available", nbg1: "available", hel1: "available", ash: "available" } as const;
const europe = { fsn1: "available", nbg1: "available", hel1: "available" } as const;

const type = (
  id: number,
  name: string,
  cores: number,
  memoryGiB: number,
  diskGB: number,
  offers: ServerType["offers"],
  more: Partial<ServerType> = {},
): ServerType => ({
  id,
  name,
  category: name.startsWith("ccx")
    ? "General Purpose"
    : name.startsWith("cpx")
      ? "Regular Performance"
      : "Cost-Optimized",
  cpuType: name.startsWith("ccx") ? "dedicated" : "shared",
  cores,
  memoryGiB,
  diskGB,
  offers,
  ...more,
});

export const serverTypes: readonly ServerType[] = [
  type(
    104,
    "cx22",
    2,
    4,
    40,
    { fsn1: "sold-out", nbg1: "sold-out", hel1: "sold-out" },
    {
      deprecation: { announced: "2025-10-16T06:00:00+00:00", unavailable_after: "2026-01-01T06:00:00+00:00" },
    },
  ),
  type(114, "cx23", 2, 4, 40, europe),
  type(115, "cx33", 4, 8, 80, { fsn1: "sold-out", nbg1: "sold-out", hel1: "available" }),
  type(116, "cx43", 8, 16, 160, europe),
  type(109, "cpx22", 2, 4, 80, europe),
  type(110, "cpx32", 4, 8, 160, europe),
  type(111, "cpx42", 8, 16, 320, europe),
  type(112, "cpx52", 12, 24, 480, europe),
  type(96, "ccx13", 2, 8, 80, everywhere),
  type(97, "ccx23", 4, 16, 160, everywhere),
  type(98, "ccx33", 8, 32, 240, everywhere),
];

export interface Image {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly osFlavor: string;
  readonly osVersion: string;
  readonly created: string;
}

/** Only what the emulated hosts really run. */
export const images: readonly Image[] = [
  {
    id: 114690387,
    name: "debian-12",
    description: "Debian 12",
    osFlavor: "debian",
    osVersion: "12",
    created: "2023-06-13T06:00:00+00:00",
  },
];
