import { Hono } from "hono";
import { z } from "zod";

/** One armed fault: the scenario's name, how many times it still strikes, and whatever the scenario wants to know. */
const fault = z.strictObject({
  scenario: z.string(),
  /** How many more requests it strikes. @default until it is cleared */
  times: z.number().int().positive().optional(),
  /** Only requests of this method. @default all */
  method: z.string().optional(),
  /** Only requests whose path contains this. @default all */
  path: z.string().optional(),
  /** The scenario's own parameters. @example { "serverType": "cpx22" } */
  with: z.record(z.string(), z.string()).default({}),
});
export type Fault = z.infer<typeof fault>;

/**
 * The faults that a test or a drill has armed. They live in memory: a restart clears them. Routes ask `strike` whether
 * their scenario is due; an unknown scenario is refused when it is armed, not silently never struck.
 */
export class Faults {
  private armed: Fault[] = [];

  constructor(private readonly scenarios: Readonly<Record<string, string>>) {}

  arm(input: z.input<typeof fault>): void {
    const parsed = fault.parse(input);
    if (!(parsed.scenario in this.scenarios)) {
      throw new Error(`scenario: received "${parsed.scenario}"; allowed: ${Object.keys(this.scenarios).join(", ")}`);
    }
    this.armed.push(parsed);
  }

  clear(): void {
    this.armed = [];
  }

  /** The armed fault of that scenario which fits this request, and counts it as struck. */
  strike(
    scenario: string,
    request: { method: string; path: string },
    wants: (fault: Fault) => boolean = () => true,
  ): Fault | undefined {
    const found = this.armed.find(
      (f) =>
        f.scenario === scenario &&
        (f.method === undefined || f.method === request.method) &&
        (f.path === undefined || request.path.includes(f.path)) &&
        wants(f),
    );
    if (found?.times !== undefined && --found.times === 0) this.armed = this.armed.filter((f) => f !== found);
    return found;
  }

  /** Is one armed? For scenarios that last: nothing is counted. */
  isArmed(scenario: string, wants: (fault: Fault) => boolean = () => true): boolean {
    return this.armed.some((f) => f.scenario === scenario && wants(f));
  }

  /** `GET` lists scenarios and armed faults, `POST` arms one, `DELETE` clears all. Not part of any real API. */
  routes(): Hono {
    return new Hono()
      .get("/", (c) => c.json({ scenarios: this.scenarios, armed: this.armed }))
      .post("/", async (c) => {
        try {
          this.arm(await c.req.json());
        } catch (error) {
          return c.json({ error: (error as Error).message }, 422);
        }
        return c.json({ armed: this.armed }, 201);
      })
      .delete("/", (c) => {
        this.clear();
        return c.body(null, 204);
      });
  }
}
