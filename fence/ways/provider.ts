import { setInterval } from "node:timers/promises";
import { z } from "zod";
import type { FenceSpec } from "../../contracts/fence";
import { tellFence } from "../words";
import { done, skipped, type WayResult } from "./way";

const hetznerServers = z.object({
  servers: z.array(
    z.object({ id: z.number(), name: z.string(), status: z.string(), labels: z.record(z.string(), z.string()) }),
  ),
});

/** Cuts the power of every server of an older generation that the project at Hetzner holds. @throws what the API said */
export async function powerOffAtHetzner(
  { hetzner, domain, generation }: FenceSpec,
  signal: AbortSignal,
): Promise<WayResult> {
  if (!hetzner) return skipped(tellFence("noHetznerToken"));
  const api = apiOf(hetzner, signal);
  const older = async () =>
    hetznerServers
      .parse(await api("GET", `/servers?label_selector=${encodeURIComponent(`smarteros.site=${domain}`)}`))
      .servers.filter(({ labels }) => Number(labels["smarteros.generation"]) < generation);
  const servers = await older();
  if (servers.length === 0) return skipped(tellFence("noOlderServer"));
  await Promise.all(
    servers.filter(({ status }) => status !== "off").map(({ id }) => api("POST", `/servers/${id}/actions/poweroff`)),
  );
  for await (const _ of setInterval(500, undefined, { signal })) {
    const on = (await older()).filter(({ status }) => status !== "off");
    if (on.length === 0) break;
  }
  return done(tellFence("off", servers.map(({ name }) => name).join(", ")));
}

const virtualMachine = z.object({ state: z.string() });

/** Stops the VPS by Hostinger's API (https://developers.hostinger.com, "Stop virtual machine"). @throws what the API said */
export async function stopAtHostinger({ hostinger }: FenceSpec, signal: AbortSignal): Promise<WayResult> {
  if (!hostinger) return skipped(tellFence("notConfigured"));
  const api = apiOf(hostinger, signal);
  const path = `/api/vps/v1/virtual-machines/${hostinger.virtualMachine}`;
  await api("POST", `${path}/stop`);
  for await (const _ of setInterval(500, undefined, { signal }))
    if (virtualMachine.parse(await api("GET", path)).state === "stopped") break;
  return done(tellFence("machineStopped", hostinger.virtualMachine));
}

const apiOf =
  ({ endpoint, token }: { endpoint: string; token: string }, signal: AbortSignal) =>
  async (method: "GET" | "POST", path: string): Promise<unknown> => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal,
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    return response.json();
  };
