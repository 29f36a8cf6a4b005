import { expect, it } from "vitest";
import { sayError } from "../../../cli/error-words";
import { judge } from "../../../cli/status/judge";
import { renderStatus } from "../../../cli/status/render";
import { healthyLook } from "../looks";

const failed = (said: ReturnType<typeof sayError>) => ({
  state: "failed" as const,
  reason: said("en"),
  said,
  seconds: 0.1,
});

it("says in the operator's language, whole, what is missing on this machine and how to mend it", () => {
  const look = healthyLook({
    settingsFrom: "file",
    settingsSaid: sayError("noPassphrase"),
    backups: failed(sayError("noCiphers")),
    hetzner: failed(sayError("noToken", "hcloud:token")),
  });
  const screen = renderStatus(look, judge(look), "es");
  expect(screen).toContain("no se puede comprobar ninguna firma; solución: PULUMI_CONFIG_PASSPHRASE_FILE");
  expect(screen).toContain("Hetzner: ✗ falta el token; solución: hcloud:token");
  expect(screen).toMatch(/se leyó del archivo, sin secretos: .*PULUMI_CONFIG_PASSPHRASE/);
  expect(screen).not.toContain("fix:");
  expect(JSON.parse(JSON.stringify(look))).toMatchObject({ hetzner: { reason: "no token; fix: hcloud:token" } });
});
