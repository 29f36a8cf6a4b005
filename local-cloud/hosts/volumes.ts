import { execFile } from "node:child_process";
import { mkdir, open, readdir, rename, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The number under which the kernel knows a block device. */
export interface BlockDevice {
  readonly major: number;
  readonly minor: number;
}

/** Block storage of the emulated cloud: one sparse file a volume, shown to hosts as a loop device of the outer machine. */
export class VolumeStore {
  constructor(private readonly folder: string) {}

  /** Makes the volume if it is new: a sparse file of the size, with a file system when one is asked for. */
  async ensure(volumeId: number, sizeGiB: number, format?: "ext4" | "xfs"): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const file = this.file(volumeId);
    if (await exists(file)) return;
    const unfinished = `${file}.new`;
    await (await open(unfinished, "w", 0o600)).close();
    await truncate(unfinished, sizeGiB * 2 ** 30);
    // Inode tables are written when they are first used: a new volume costs no disk.
    if (format === "ext4")
      await run("mkfs.ext4", ["-q", "-F", "-E", "lazy_itable_init=1,lazy_journal_init=1", unfinished]);
    if (format === "xfs") await run("mkfs.xfs", ["-q", "-f", unfinished]);
    await rename(unfinished, file);
  }

  /** The volume's loop device, set up if it is not. */
  async plug(volumeId: number): Promise<BlockDevice> {
    const file = this.file(volumeId);
    const device = (await this.loopOf(volumeId)) ?? (await run("losetup", ["--find", "--show", file])).stdout.trim();
    const { rdev } = await stat(device);
    // Linux' encoding of device numbers in 32 bits (makedev(3)).
    return { major: (rdev >> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00) };
  }

  /** Takes the loop device away; the kernel does it when the last mount of it has gone. */
  async unplug(volumeId: number): Promise<void> {
    const device = await this.loopOf(volumeId);
    if (device !== undefined) await run("losetup", ["--detach", device]);
  }

  async grow(volumeId: number, sizeGiB: number): Promise<void> {
    await truncate(this.file(volumeId), sizeGiB * 2 ** 30);
    const device = await this.loopOf(volumeId);
    if (device !== undefined) await run("losetup", ["--set-capacity", device]);
  }

  async destroy(volumeId: number): Promise<void> {
    await this.unplug(volumeId);
    await rm(this.file(volumeId), { force: true });
  }

  /** Ids of the volumes that have content. */
  async list(): Promise<number[]> {
    await mkdir(this.folder, { recursive: true });
    return (await readdir(this.folder)).flatMap((name) => /^volume-(\d+)\.img$/.exec(name)?.[1] ?? []).map(Number);
  }

  private file(volumeId: number): string {
    return join(this.folder, `volume-${volumeId}.img`);
  }

  private async loopOf(volumeId: number): Promise<string | undefined> {
    const { stdout } = await run("losetup", ["--noheadings", "--output", "NAME", "--associated", this.file(volumeId)]);
    return stdout.trim().split("\n")[0] || undefined;
  }
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? false : Promise.reject(error)),
  );
