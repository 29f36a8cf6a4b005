import { dependants } from "./graph";
import { plan } from "./plan";

/** Every service that writes to the cluster, directly or through another. */
export const writers = (): string[] => dependants(plan, "postgres").map(({ name }) => name);
