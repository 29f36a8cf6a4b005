import type { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { compare } from "../compare";
import type { Props, ResourceType } from "../provider";
import type { Aws } from "./client";
import { compact, failures, orGone, parseId, reconcile, sameRegion } from "./resource";

/** One configuration of a bucket that is a resource of its own: its inputs, and how they are written to S3 and read from it. */
export interface Companion<Wire> {
  /** Inputs beside `bucket`. */
  readonly inputs: z.ZodRawShape;
  /** What the real provider fills in for an input that the program leaves out. */
  readonly defaults?: Props;
  toWire(inputs: Props): Wire;
  /** The inputs that `wire` stands for, with everything that means the same written the same way. */
  fromWire(wire: Wire): Props;
  put(s3: S3Client, bucket: string, wire: Wire): Promise<unknown>;
  /** Undefined, or S3's 404, when the bucket has none. */
  get(s3: S3Client, bucket: string): Promise<Wire | undefined>;
  remove(s3: S3Client, bucket: string, wire: Wire): Promise<unknown>;
  /** Whether two values of an input mean the same although they differ. */
  readonly same?: (key: string, a: unknown, b: unknown) => boolean;
}

/** The resource type of such a configuration; its id is the bucket's name. It is imported by that, or by `name@region`. */
export function bucketCompanion<Wire>(companion: Companion<Wire>): ResourceType<Aws> {
  const schema = z.strictObject({ bucket: z.string(), region: z.string().optional(), ...companion.inputs });
  const meaningOf = (inputs: Props): Props => compact(companion.fromWire(companion.toWire(inputs)));
  const outputs = (client: Aws, inputs: Props): Props => ({ ...meaningOf(inputs), region: client.region, ...inputs });
  const same = ({ region }: Aws) => {
    const inRegion = sameRegion(region);
    return (key: string, a: unknown, b: unknown) => inRegion(key, a, b) || (companion.same?.(key, a, b) ?? false);
  };

  return {
    check(context, inputs) {
      const completed = { ...companion.defaults, ...inputs };
      return { inputs: completed, failures: failures(context.type, schema, completed) };
    },

    diff: ({ client }, old, inputs) =>
      compare(old.inputs, inputs, { replaceOn: ["bucket", "region"], same: same(client) }),

    async create({ client }, inputs) {
      const bucket = inputs["bucket"] as string;
      await companion.put(client.s3(inputs["region"]), bucket, companion.toWire(inputs));
      return { id: bucket, props: outputs(client, inputs) };
    },

    async read({ client }, { id, inputs: known }) {
      const { name: bucket, region } = parseId(id, known);
      const wire = await orGone(companion.get(client.s3(region), bucket));
      if (wire === undefined) return undefined;
      const live = compact({ bucket, region, ...companion.fromWire(wire) });
      const isImport = Object.keys(known).length === 0;
      const meaning = isImport ? {} : { bucket: known["bucket"], region: known["region"], ...meaningOf(known) };
      const inputs = reconcile(known, meaning, live, companion.same);
      return { id: bucket, inputs, props: outputs(client, inputs) };
    },

    async update({ client }, old, inputs) {
      await companion.put(client.s3(inputs["region"]), old.id, companion.toWire(inputs));
      return outputs(client, inputs);
    },

    async delete({ client }, old) {
      await orGone(companion.remove(client.s3(old.inputs["region"]), old.id, companion.toWire(old.inputs)));
    },
  };
}
