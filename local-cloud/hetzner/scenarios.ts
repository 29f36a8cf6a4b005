import type { Faults } from "../emulator/faults";
import { ApiError } from "./errors";

/** Faults that can be armed at `/_emulator/faults`, and what each does. */
export const scenarios = {
  "rate-limit": "every request answers 429 rate_limit_exceeded",
  unavailable: "every request answers 503 unavailable",
  "resource-unavailable":
    "POST /servers answers 412 resource_unavailable for `serverType` (and `location`) though the catalogue offers it",
  "sold-out": "the catalogue says that `serverType` (in `location`) cannot be ordered, and POST /servers refuses it",
  quota: "POST of `resource` (servers, volumes, ...) answers 403 resource_limit_exceeded",
  "boot-failure": "the server is created, but its create_server action fails",
} as const;

/** Faults that strike any request, before its route is asked. */
export function strikeAnyRequest(faults: Faults, request: { method: string; path: string }): void {
  if (faults.strike("rate-limit", request))
    throw new ApiError(429, "rate_limit_exceeded", "limit of 3600 requests per hour reached");
  if (faults.strike("unavailable", request))
    throw new ApiError(503, "unavailable", "service is temporarily unavailable");
  const resource = request.path.split("/").at(-1)!;
  if (request.method === "POST" && faults.strike("quota", request, (f) => f.with["resource"] === resource)) {
    throw new ApiError(403, "resource_limit_exceeded", `${resource.replace(/s$/, "")} limit exceeded`);
  }
}

const fits = (wanted: string | undefined, actual: string) => wanted === undefined || wanted === actual;

/** Refuses an order that the real data centre could not fulfil. */
export function refuseUnavailable(faults: Faults, serverType: string, location: string): void {
  const request = { method: "POST", path: "/servers" };
  const wants = (f: { with: Record<string, string> }) =>
    fits(f.with["serverType"], serverType) && fits(f.with["location"], location);
  if (faults.strike("resource-unavailable", request, wants) || isSoldOut(faults, serverType, location))
    throw resourceUnavailable(serverType, location);
}

export const resourceUnavailable = (serverType: string, location: string) =>
  new ApiError(
    412,
    "resource_unavailable",
    `error during placement: server type ${serverType} is currently not available in ${location}`,
  );

export const isSoldOut = (faults: Faults, serverType: string, location: string): boolean =>
  faults.isArmed("sold-out", (f) => fits(f.with["serverType"], serverType) && fits(f.with["location"], location));
