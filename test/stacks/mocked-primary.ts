import { primary } from "../../stacks/primary";
import { cloudflare } from "./cloud-answers";
import { MemoryS3 } from "./memory-s3";
import { deployMocked, type MockedStack } from "./mocked-stack";
import type { Settings } from "./settings";

/** What Vault's first start prints. */
export const escrow = {
  token: "hvs.token-of-the-first-start",
  unsealShares: ["share-one-of-three", "share-two-of-three"],
};

/**
 * A new primary on mocks: nothing is restored.
 * @param s3 what others have left in the bucket @default nothing
 * @param records the zone's @default none
 */
export const mockedPrimary = (
  settings: Settings,
  s3 = new MemoryS3(),
  records: Parameters<typeof cloudflare>[0] = [],
): Promise<MockedStack> => {
  s3.answerAll();
  return deployMocked(primary, settings, {
    calls: cloudflare(records),
    stdout: { "vault-init": JSON.stringify(escrow) },
  });
};
