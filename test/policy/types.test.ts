import { expect, it } from "vitest";
import { types } from "../../policy/core/types";

/** The SDK's class of a type: "aws:s3/bucket:Bucket" is Bucket of @pulumi/aws/s3/bucket. */
function typeInSdk(type: string): unknown {
  const [provider = "", module = "", name = ""] = type.split(":");
  if (provider === "pulumi") return `pulumi:providers:${name}`;
  const folder = module.split("/")[0] ?? "";
  const file = name.charAt(0).toLowerCase() + name.slice(1);
  const exported = require(`@pulumi/${provider}/${folder === "index" ? "" : `${folder}/`}${file}`) as Record<
    string,
    { __pulumiType?: string }
  >;
  return exported[name]?.__pulumiType;
}

it("names types as the installed SDKs do", () => {
  for (const type of Object.values(types)) expect(typeInSdk(type)).toBe(type);
});
