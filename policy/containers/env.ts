import { Secret, UNKNOWN, type ResourceRule } from "../core/model";
import { secretIn } from "../secrets/recognise";
import { types } from "../core/types";
import { clear } from "../core/values";

/** Variables whose name says that their value is a secret. */
const secretName =
  /(^|_)(PASSWORD|PASS|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ENCRYPTION_?KEY|SECRET_KEY_BASE|CREDENTIALS?|SALT)(_|$)/i;

/**
 * No secret in a container's environment, not even one that Pulumi keeps: `docker inspect` shows it to whoever may ask the engine. Secrets are files
 * (/run/secrets/smarteros.env). CIS Docker 4.10; CKV_K8S_35; NIST IA-5(7), SC-28.
 */
export const containerEnv: ResourceRule = {
  name: "container-env",
  demands: "No secret is in a container's environment",
  maps: { cisDocker: ["4.10"], checkov: ["CKV_K8S_35"], nist: ["IA-5(7)", "SC-28"] },
  types: [types.container],
  *check(resource, { settings }) {
    const envs = resource.inputs["envs"];
    const all = clear(envs);
    if (all === UNKNOWN) return yield { property: "envs", unknown: true };
    for (const [index, raw] of (Array.isArray(all) ? all : []).entries()) {
      const value = clear(raw);
      if (value === UNKNOWN) {
        yield { property: `envs[${index}]`, unknown: true };
        continue;
      }
      const [name = "", text = ""] = String(value).split(/=(.*)/s);
      const why =
        raw instanceof Secret || envs instanceof Secret
          ? "a value marked secret"
          : text && secretName.test(name)
            ? "a name of secrets"
            : secretIn(text, settings.secrets);
      if (why)
        yield {
          property: `envs.${name}`,
          value: why,
          allowed: "nothing secret",
          fix: "put it into secretEnv of the container's spec (components/services/spec.ts)",
        };
    }
  },
};
