import {
  ListAccessKeysCommand,
  ListUserTagsCommand,
  paginateListUsers,
  UpdateAccessKeyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { writerUserName } from "../../components/backup/names";
import type { FenceSpec } from "../../contracts/fence";
import { tellFence } from "../words";
import { done, type WayResult } from "./way";

/**
 * Turns off the keys with which older generations of this site write backups: their users are known by name and tags, since the old
 * site's state may be lost. The keys stay, and can be turned on again.
 * @throws what IAM or the network said
 */
export async function deactivateWriters(
  iam: IAMClient,
  { domain, generation }: Pick<FenceSpec, "domain" | "generation">,
): Promise<WayResult> {
  const off: { UserName: string; AccessKeyId: string }[] = [];
  let known = 0;
  for await (const { Users = [] } of paginateListUsers({ client: iam }, {})) {
    for (const { UserName } of Users) {
      const of = UserName && writerUserName.exec(UserName);
      if (!of || Number(of[1]) >= generation) continue;
      const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName }));
      if (!Tags.some(({ Key, Value }) => Key === "site" && Value === domain)) continue;
      known += 1;
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
      for (const { AccessKeyId, Status } of AccessKeyMetadata) {
        if (Status === "Inactive") continue;
        await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: AccessKeyId!, Status: "Inactive" }));
        off.push({ UserName, AccessKeyId: AccessKeyId! });
      }
    }
  }
  if (off.length === 0) return done(tellFence("noActiveKey", known));
  const names = off.map(({ UserName, AccessKeyId }) => `${UserName} (${AccessKeyId})`).join(", ");
  const undo = async () => {
    for (const key of off) await iam.send(new UpdateAccessKeyCommand({ ...key, Status: "Active" }));
    return tellFence("onAgain", names).text;
  };
  return { ...done(tellFence("off", names)), undo };
}
