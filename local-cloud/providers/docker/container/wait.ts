import type Docker from "dockerode";
import { setTimeout } from "node:timers/promises";

const pollMilliseconds = 250;
const logLines = 20;

/**
 * Waits until a container is healthy.
 *
 * @param seconds named `waitTimeout` in the program
 * @throws when it has no healthcheck, has ended for good, or is not healthy in time; with its last log lines
 */
export async function untilHealthy(container: Docker.Container, seconds: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const { State: state, RestartCount: restarts } = await container.inspect();
    if (!state.Health)
      throw new Error(
        '"wait" needs a healthcheck, and the container has none; fix: set "healthcheck", or leave "wait" out',
      );
    if (state.Health.Status === "healthy") return;
    if (state.Status === "exited" || state.Status === "dead") {
      throw new Error(
        `container exited with ${state.ExitCode} before it was healthy; its last lines:\n${await lastLines(container)}`,
      );
    }
    if (Date.now() > deadline) {
      const probe = state.Health.Log?.at(-1)?.Output?.trim();
      throw new Error(
        `container failed to be in healthy state in ${seconds} s ("waitTimeout"); it is ${state.Status}, ${state.Health.Status}, restarted ${restarts} times; ` +
          `last probe: ${probe || "(none yet)"}; its last lines:\n${await lastLines(container)}`,
      );
    }
    await setTimeout(pollMilliseconds, undefined, { signal });
  }
}

/** What the container wrote last, both streams. */
export async function lastLines(container: Docker.Container, lines: number = logLines): Promise<string> {
  return demultiplex(await container.logs({ stdout: true, stderr: true, tail: lines })).trimEnd();
}

/** All that the container wrote. */
export async function allLines(container: Docker.Container): Promise<string> {
  return demultiplex(await container.logs({ stdout: true, stderr: true }));
}

/**
 * The text of a log stream: frames of an 8-byte header (stream, 0, 0, 0, length) and as many bytes.
 * Source: docs.docker.com/engine/api, "Attach to a container", stream format.
 */
export function demultiplex(stream: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= stream.length;) {
    const length = stream.readUInt32BE(at + 4);
    parts.push(stream.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString();
}
