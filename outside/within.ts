/** Nobody answered in time. */
export class NoAnswer extends Error {}

/**
 * Gives work up after a time, and tells it so by the signal. The timer is a strong one, and the wait ends whatever the work does with its signal:
 * `AbortSignal.timeout` alone was seen to leave a request to an address that is gone open for minutes, and a backup cycle with it.
 * @throws NoAnswer after `seconds`
 */
export async function within<T>(seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new NoAnswer(`no answer in ${seconds} s`);
      controller.abort(error);
      reject(error);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
