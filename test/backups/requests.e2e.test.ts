import { afterAll, expect, it } from "vitest";
import { measured } from "../../backups/cost/measured";
import { Cleanup } from "../images/site";
import { measureRequests } from "./measure-requests";

const cleanup = new Cleanup();
afterAll(() => cleanup.run(), 60_000);

it("asks the store for what the cost is computed from", async () => {
  const now = await measureRequests("127.10.9.53", cleanup);
  console.log(JSON.stringify(now, null, 2));
  for (const [what, counted] of Object.entries(measured)) {
    for (const kind of ["puts", "objects"] as const) {
      const is = now[what as keyof typeof measured][kind];
      // A retry in one run is no news; a request more in each cycle is. GETs, a hundredth of the bill, vary: restic reads others' locks.
      expect(
        Math.abs(is - counted[kind]),
        `${what}.${kind}: measured ${is}, backups/cost/measured.ts says ${counted[kind]}`,
      ).toBeLessThanOrEqual(Math.max(0.5, counted[kind] * 0.1));
    }
  }
}, 240_000);
