import { randomBytes } from "node:crypto";
import type { Context, Props } from "../provider";

/** Inputs with the name that Pulumi makes when the program gives none: the resource's, and seven random digits; kept from then on. */
export function withName(context: Context<unknown>, inputs: Props, old: Props | undefined): Props {
  const name = inputs["name"] ?? old?.["name"] ?? `${context.name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
  return { ...inputs, name };
}
