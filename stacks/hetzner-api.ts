/** Hetzner's API (https://docs.hetzner.cloud), unless `hcloud:endpoint` names another. */
export const hetznerApi = "https://api.hetzner.cloud/v1";
