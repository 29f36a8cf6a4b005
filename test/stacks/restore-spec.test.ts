import { expect, it } from "vitest";
import type { StackConfig } from "../../stacks/config";
import { restoreSpecOf } from "../../stacks/restore-spec";
import { body } from "./manifests";

const config = {
  site: { backups: { bucket: "b", region: "eu-central-1" } },
  secrets: { postgresCipher: "p", filesCipher: "f" },
} as unknown as StackConfig;

const setsOf = (files: readonly string[], folders: readonly string[]) => {
  const of = body();
  const kept = Object.fromEntries(Object.entries(of.files).filter(([set]) => files.includes(set)));
  const set = {
    key: "g1/manifests/1.json",
    manifest: { body: { ...of, files: kept }, proofs: { postgres: "", files: "" } },
    skipped: [],
  };
  const restore = { set, restoreId: "g2-from-g1-1", sourceGeneration: 1 };
  return restoreSpecOf(config, restore, folders, { s3AccessKey: "a", s3SecretKey: "s" }).fileSets.map(
    ({ name, path }) => [name, path],
  );
};

it("restores a set into the folder of its name, Vault's and the host's into one beside", () =>
  expect(setsOf(["odoo", "vault", "host"], ["odoo", "vault-snapshot", "previous-host"])).toEqual([
    ["odoo", "/sets/odoo"],
    ["vault", "/sets/vault-snapshot"],
    ["host", "/sets/previous-host"],
  ]));
it("does without the configuration of a host that a set does not hold", () =>
  expect(setsOf(["odoo"], ["odoo", "previous-host"])).toEqual([["odoo", "/sets/odoo"]]));
it("does not do without a service's files", () =>
  expect(() => setsOf(["host"], ["odoo", "previous-host"])).toThrow(
    "backup set g1/manifests/1.json: it has no file set odoo",
  ));
