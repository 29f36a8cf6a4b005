import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { ask } from "../ask";
import { accessKeysIn } from "../rotate/access-keys";
import { ageSeconds, agesOf, presentIn } from "../rotate/plan";
import type { RawConfig, Settings } from "../settings";
import { joined } from "../said";
import { from, say, says, type Statement } from "./statement";

/** Seconds for IAM's list of keys. */
const deadline = 20;

/** How old the backups' keys are, by IAM's own word, and the other credentials, by the record in the settings. */
export async function ageStatements(settings: Settings, values: RawConfig, now: Date): Promise<Statement[]> {
  const { store, iamEndpoint, credentials } = settings;
  const limit = seconds(plan.rotateEvery);
  const days = (age: number) => Math.floor(age / 86_400);
  const asked = await ask(deadline, (signal) => accessKeysIn({ access: store, endpoint: iamEndpoint }, signal));
  const ages = agesOf(credentials, undefined);
  // What cannot be replaced in place is no omission of anybody's.
  const others = presentIn(values, credentials)
    .filter(({ name, way }) => !name.startsWith("s3.") && way !== "generation")
    .map(({ name }) => ({ name, age: ageSeconds(ages.get(name)!, now.getTime()) }));
  return [
    from(
      "key-age",
      asked,
      (keys) => {
        const aged = keys.map(({ user, createdAt }) => ({
          user,
          age: (now.getTime() - Date.parse(createdAt)) / 1_000,
        }));
        const told = aged.map(({ user, age }) => say("keyAge", user, days(age)));
        return {
          holds: aged.every(({ age }) => age <= limit),
          evidence: told.length > 0 ? say("atMost", joined(told), plan.rotateEvery) : say("noKey"),
        };
      },
      false,
    ),
    says(
      "secret-age",
      others.every(({ age }) => age <= limit),
      say(
        "atMost",
        joined(
          others.map(({ name, age }) =>
            Number.isFinite(age) ? say("keyAge", name, days(age)) : say("ageUnknown", name),
          ),
        ),
        plan.rotateEvery,
      ),
      false,
    ),
  ];
}
