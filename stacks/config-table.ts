import { inputSchema, type SchemaNode } from "./config-problems";
import { modeSchema, recoverySchema, siteSchema } from "./config-schema";
import { secretsSchema } from "./secrets/schema";

/** One property of the configuration, as docs/configuration.md shows it. */
export interface Property {
  /** @example "smarteros:site.host.address" */
  readonly key: string;
  readonly meaning: string;
  readonly unit: string;
  readonly allowed: string;
  /** "needed", "-" when it may be absent, else the default as a person would write it. */
  readonly default: string;
  readonly secret: boolean;
}

const shown = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** A schema's properties in their order, each below the one that holds it. Without a description of its own, one is part of its parent's. */
function below(prefix: string, node: SchemaNode, secret: boolean, variant = ""): Property[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]): Property[] => {
    if (child.description === undefined) return [];
    const key = `${prefix}${name}`;
    const row: Property = {
      key,
      // What tells the variants apart is not of one variant.
      meaning: child.const === undefined ? child.description + variant : child.description,
      unit: child.unit ?? "",
      allowed: child.allowed ?? "",
      default: child.default !== undefined ? shown(child.default) : node.required?.includes(name) ? "needed" : "-",
      secret,
    };
    return [row, ...below(`${key}.`, child, secret), ...(child.items ? below(`${key}[].`, child.items, secret) : [])];
  });
  return [...own, ...(node.oneOf ?? []).flatMap((v) => below(prefix, v, secret, variantOf(v)))];
}

/** @example " (With kind existing.)" */
function variantOf(node: SchemaNode): string {
  const [name, told] = Object.entries(node.properties ?? {}).find(([, child]) => child.const !== undefined) ?? [];
  return told ? ` (With ${name} ${told.const}.)` : "";
}

/** Every property that this program reads of its own namespaces. */
export const properties = (): Property[] => [
  ...below("smarteros:site.", inputSchema(siteSchema), false),
  ...below("smarteros:", inputSchema(modeSchema), false),
  ...below("smarteros:", inputSchema(secretsSchema), true),
  ...below("recovery:", inputSchema(recoverySchema), false),
];

const cell = (text: string) => text.replaceAll("|", "\\|");
const row = (p: Property) =>
  `| \`${p.key}\` | ${[p.meaning, p.unit, p.allowed, p.default === "needed" || p.default === "-" ? p.default : `\`${p.default}\``, p.secret ? "yes" : ""].map(cell).join(" | ")} |`;

/** The table as Markdown. */
export const configTable = (): string =>
  ["| key | meaning | unit | allowed | default | secret |", "|---|---|---|---|---|---|", ...properties().map(row)].join(
    "\n",
  );

/** The document with its table made anew: what is between the two marks. @throws Error when a mark is missing */
export function withTable(document: string): string {
  const [begin, end] = ["<!-- table -->\n", "\n<!-- end of table -->"];
  const [head, rest] = document.split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined)
    throw new Error(
      `docs/configuration.md: the marks ${begin.trim()} and ${end.trim()} are missing; fix: put them around the table`,
    );
  return `${head}${begin}${configTable()}${end}${tail}`;
}
