import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect } from "../core/values";

const ed25519 = /^ssh-ed25519 [A-Za-z0-9+/=]{68}$/;

/** Every SSH connection names the one host key that it takes. NIST IA-3, SC-8, SC-23. */
export const hostKeyPinned: ResourceRule = {
  name: "host-key-pinned",
  demands: "A command runs only on the host whose key is pinned",
  maps: { nist: ["IA-3", "SC-8", "SC-23"] },
  types: [types.remoteCommand, types.copyToRemote],
  check: (resource) =>
    expect(resource, "connection.hostKey", {
      is: (v) => typeof v === "string" && ed25519.test(v),
      allowed: '"ssh-ed25519 AAAA...", without a comment',
      fix: "pass the host's public key; it is seeded by cloud-init, or read from the provider's console",
    }),
};
