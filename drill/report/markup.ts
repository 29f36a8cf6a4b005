import { html, raw } from "hono/html";

/** HTML that is already escaped. */
export type Markup = ReturnType<typeof raw>;

/** Template for HTML and SVG: every value is escaped, unless it is Markup itself; arrays are put in one after the other. */
export const markup = (parts: TemplateStringsArray, ...values: unknown[]): Markup => html(parts, ...values) as Markup;

export { raw };
