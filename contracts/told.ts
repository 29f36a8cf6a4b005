import { z } from "zod";

/** A sentence as data, for what is kept or crosses a process: which one of its area's words, and its parts. */
export const told = z.strictObject({ sentence: z.string(), parts: z.array(z.union([z.string(), z.number()])) });
export type Told = z.infer<typeof told>;
