/** Roles of the identities in the backup bucket. */
export type IdentityRole = "writer" | "reader" | "guard";

/** Name of an identity's user, to which a random suffix is added. */
export const identityName = (role: IdentityRole, generation: number): string => `backup-${role}-g${generation}`;

/** A writer's user by that rule, whoever made it; its first group is the generation. */
export const writerUserName = /^backup-writer-g([1-9]\d*)(?:-|$)/;
/** Any identity's user: its groups are the role and the generation. */
export const identityUserName = /^backup-(writer|reader|guard)-g([1-9]\d*)(?:-|$)/;

/** The copy of a backup bucket, in another region. */
export const replicaBucket = (bucket: string): string => `${bucket}-replica`;
