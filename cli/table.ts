import Table from "cli-table3";
import pc from "picocolors";

export { oneLine } from "../words/said";

/** Colour on a terminal, unless NO_COLOR is set. @param stream where the text goes @default stdout */
export const colours = (stream: { isTTY?: boolean } = process.stdout): ReturnType<typeof pc.createColors> =>
  pc.createColors(stream.isTTY === true && !process.env["NO_COLOR"]);

const frame =
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle".split(
    " ",
  );

/** Columns without a frame: read as well in a log or by a screen reader. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const c = colours();
  const table = new Table({
    chars: Object.fromEntries(frame.map((name) => [name, ""])),
    style: { head: [], "padding-left": 0, "padding-right": 2 },
    head: head.map((cell) => c.bold(cell)),
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
