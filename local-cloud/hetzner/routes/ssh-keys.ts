import { Hono } from "hono";
import { z } from "zod";
import type { Cloud } from "../cloud";
import { ApiError, invalidInput, notUnique, readBody } from "../errors";
import { listResponse } from "../list";
import { fingerprint, sshKeyView } from "../views";
import { labelsField, nameField } from "./fields";

const createBody = z.strictObject({ name: nameField, public_key: z.string(), labels: labelsField.default({}) });
const updateBody = z.strictObject({ name: nameField.optional(), labels: labelsField.optional() });
const publicKeyPattern = /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]+( .*)?\s*$/;

/** `/ssh_keys`: names and keys are unique in the project. */
export function sshKeyRoutes(cloud: Cloud): Hono {
  const find = (id: string) => cloud.find("sshKeys", Number(id));
  const refuseTakenName = (name: string, self?: number) => {
    if (cloud.state.sshKeys.some((key) => key.name === name && key.id !== self)) throw notUnique("name");
  };
  return new Hono()
    .get("/", (c) => {
      const wanted = c.req.query("fingerprint");
      const found = cloud.state.sshKeys
        .map(sshKeyView)
        .filter((key) => wanted === undefined || key.fingerprint === wanted);
      return listResponse(c, "ssh_keys", found, ["fingerprint"]);
    })
    .post("/", async (c) => {
      const body = await readBody(c.req, createBody);
      if (!publicKeyPattern.test(body.public_key))
        throw invalidInput("public_key", "not a public key in OpenSSH format");
      refuseTakenName(body.name);
      const print = fingerprint(body.public_key);
      if (cloud.state.sshKeys.some((key) => fingerprint(key.publicKey) === print)) {
        throw new ApiError(409, "uniqueness_error", "SSH key with the same fingerprint already exists", {
          fields: [{ name: "public_key" }],
        });
      }
      const { public_key: publicKey, ...named } = body;
      const key = { id: cloud.nextId("sshKey"), ...named, publicKey, created: new Date().toISOString() };
      cloud.state.sshKeys.push(key);
      cloud.store.save();
      return c.json({ ssh_key: sshKeyView(key) }, 201);
    })
    .get("/:id{[0-9]+}", (c) => c.json({ ssh_key: sshKeyView(find(c.req.param("id"))) }))
    .put("/:id{[0-9]+}", async (c) => {
      const key = find(c.req.param("id"));
      const body = await readBody(c.req, updateBody);
      if (body.name !== undefined) refuseTakenName(body.name, key.id);
      Object.assign(key, body);
      cloud.store.save();
      return c.json({ ssh_key: sshKeyView(key) });
    })
    .delete("/:id{[0-9]+}", (c) => {
      const key = find(c.req.param("id"));
      cloud.state.sshKeys = cloud.state.sshKeys.filter((k) => k !== key);
      cloud.store.save();
      return c.body(null, 204);
    });
}
