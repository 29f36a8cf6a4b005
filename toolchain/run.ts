import type { Options, Result } from "execa";

const none = {} as const;

/**
 * Runs a program to its end: execa, whose dependencies export themselves to `import` alone, so that tsx's `require` cannot load it.
 * @throws execa's error (program, arguments, exit code, stderr), unless `reject: false`
 */
export async function run<const T extends Options = typeof none>(
  program: string,
  args: readonly string[],
  options?: T,
): Promise<Result<T>> {
  const { execa } = await import("execa");
  return (await execa(program, args, options)) as unknown as Result<T>;
}
