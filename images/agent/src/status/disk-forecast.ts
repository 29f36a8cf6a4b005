/** Seconds of samples that the growth is measured over. A shorter time than `least` says nothing: one segment would be a trend. */
const span = { least: 120, most: 600 };

/**
 * When the disk will be full of WAL that waits for the store. WAL that is archived is used again, so what counts is how the queue
 * grows: as fast as WAL is written when nothing is archived, by the difference when the store takes less than is written.
 */
export class DiskForecast {
  private samples: { at: number; queueBytes: number }[] = [];

  /**
   * @param at milliseconds
   * @returns seconds until the disk is full; Infinity while the queue does not grow
   */
  add(at: number, { queueBytes, diskFreeBytes }: { queueBytes: number; diskFreeBytes: number }): number {
    this.samples = [...this.samples, { at, queueBytes }].filter((sample) => at - sample.at <= span.most * 1000);
    const first = this.samples[0]!;
    const seconds = (at - first.at) / 1000;
    const bytesPerSecond = (queueBytes - first.queueBytes) / seconds;
    return seconds >= span.least && bytesPerSecond > 0 ? diskFreeBytes / bytesPerSecond : Infinity;
  }
}
