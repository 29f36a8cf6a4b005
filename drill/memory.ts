import { readFile } from "node:fs/promises";

/** Watches how much more memory is in use than at the beginning. */
export interface MemoryMeter {
  /** Bytes more in use at the worst moment so far. */
  peak(): number;
  stop(): void;
}

/** Starts to watch: looks each second at what Linux says is available, which counts page caches as free. */
export async function watchMemory(): Promise<MemoryMeter> {
  const before = await available();
  let lowest = before;
  const timer = setInterval(() => void available().then((now) => (lowest = Math.min(lowest, now))), 1_000);
  timer.unref();
  return { peak: () => before - lowest, stop: () => clearInterval(timer) };
}

async function available(): Promise<number> {
  const line = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile("/proc/meminfo", "utf8"));
  if (!line) throw new Error("/proc/meminfo: it has no line MemAvailable; fix: a Linux kernel from 3.14");
  return Number(line[1]) * 1024;
}
