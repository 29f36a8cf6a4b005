import { z } from "zod";

const stateResource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().default(""),
  custom: z.boolean().default(false),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
/** A resource as the stack's state records it. */
export type StateResource = z.infer<typeof stateResource>;

const exported = z.object({ deployment: z.object({ resources: z.array(stateResource).default([]) }) });

/** The resources of `pulumi stack export` that exist outside the engine. */
export const resourcesOf = (text: string): StateResource[] =>
  exported
    .parse(JSON.parse(text))
    .deployment.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));

/** Resources that are asked for together: what is on the site's host, which may be dead, and what is not. */
export const onHost = ({ type }: StateResource): boolean =>
  type.startsWith("docker:") || type.startsWith("command:remote:");
