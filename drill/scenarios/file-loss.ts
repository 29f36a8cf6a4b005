import { dataRoot } from "../../components/host/connection";
import type { GateCheck } from "../../contracts/gate";
import { loseAndRecover } from "./living";
import type { Scenario, Stage } from "./scenario";
import { tell } from "../timeline-words";

const filestore = `${dataRoot}/odoo/filestore/odoo`;

/**
 * E4, E5: a clean-up that goes wrong takes every file of Odoo's filestore that is older than the last backup: half are deleted, half are
 * overwritten. Younger ones, which no backup holds yet, must still be there afterwards.
 */
export const fileLoss: Scenario = {
  name: "file-loss",
  run: async (stage, draft) => {
    const newest = await stage.backups.newest(stage.generation);
    const files = newest?.files["odoo"];
    if (!files) throw new Error("backups: no set holds Odoo's files yet");
    await loseAndRecover(stage, draft, {
      what: tell("filesLost", files.takenAt),
      damage: async () =>
        void stage.timeline.event(tell("filesDamaged", (await stage.onVps(damage(files.takenAt))).trim())),
      recovery: ["recover", "files", "odoo"],
      darkFrom: /nobody writes any more/,
      modules: ["odoo"],
      look: () => sound(stage),
    });
  },
};

/** Every second one is deleted, the others hold noise. Prints how many. */
const damage = (before: string) => `set -eu
cd ${filestore}
find . -type f ! -newermt '${before}' | sort > /tmp/damaged
awk 'NR % 2' /tmp/damaged | xargs rm
awk 'NR % 2 == 0' /tmp/damaged | while read -r f; do head -c 100 /dev/urandom > "$f"; done
wc -l < /tmp/damaged
rm /tmp/damaged`;

/** Each file is named by the SHA-1 of its content. */
async function sound({ onVps }: Stage): Promise<GateCheck[]> {
  const wrong = (
    await onVps(
      `cd ${filestore} && find . -type f -exec sha1sum {} + | awk '{ n = $2; sub(".*/", "", n); all++; if (n != $1) wrong++ } END { print wrong + 0, all + 0 }'`,
    )
  ).trim();
  const [bad, all] = wrong.split(" ").map(Number);
  return [
    {
      name: "content of Odoo's files",
      ok: bad === 0 && (all ?? 0) > 0,
      evidence: `${bad} of ${all} files are not what their name, the SHA-1, says`,
    },
  ];
}
