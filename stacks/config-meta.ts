import { z } from "zod";
import { errorSaid } from "../words/said";

/**
 * The configuration's schemas. What a property means, what is allowed and how to mend it is said once, in its `meta`: the messages
 * (config-problems.ts) and the table in docs/configuration.md (config-table.ts) are both made of it.
 */
declare module "zod" {
  interface GlobalMeta {
    /** What is allowed, in words. */
    allowed?: string;
    /** How to mend a wrong or missing value. @default "correct it" */
    fix?: string;
    /** Of a number or a literal with a unit. */
    unit?: string;
  }
}

/** Turns a parser that throws into a zod check, so that its message is listed with the property's path. */
export const parsed = <T>(parse: (text: string) => T) =>
  z.string().transform((text, ctx): T => {
    try {
      return parse(text);
    } catch (error) {
      ctx.addIssue({ code: "custom", message: (error as Error).message, params: { said: errorSaid(error) } });
      return z.NEVER;
    }
  });
