import { primary } from "../../stacks/primary";
import { cloudflare } from "./cloud-answers";
import { deployMocked, type MockedStack } from "./mocked-stack";
import type { Settings } from "./settings";

/** What Vault's first start prints. */
export const escrow = {
  token: "hvs.token-of-the-first-start",
  unsealShares: ["share-one-of-three", "share-two-of-three"],
};

/** A new primary on mocks: nothing is restored, the zone is empty. */
export const mockedPrimary = (settings: Settings): Promise<MockedStack> =>
  deployMocked(primary, settings, { calls: cloudflare([]), stdout: { "vault-init": JSON.stringify(escrow) } });
