import { markup, type Markup } from "./markup";

/** A stretch of a row, in the picture's unit. Its class in the style sheet is `bar-TONE`. */
export interface Bar {
  readonly start: number;
  readonly end: number;
  readonly tone: "work" | "earlier" | "dark" | "never" | "up" | "rto" | "rpo" | "over" | "loss";
  /** Shown on hover, read by screen readers. */
  readonly title: string;
}

/** A label and a value on one line, and below them its lanes of bars. */
export interface Row {
  readonly label: string;
  readonly value: string;
  readonly lanes: readonly (readonly Bar[])[];
  /** Drawn as a marker in this row, when it is within the picture. */
  readonly deadline?: { readonly at: number; readonly title: string };
}

export interface Gantt {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** The picture in words. */
  readonly description: string;
  /** Length of the axis. */
  readonly length: number;
  readonly rows: readonly Row[];
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** Marks through all rows. */
  readonly lines: readonly {
    readonly at: number;
    readonly label: string;
    readonly kind: "deadline" | "dns" | "loss";
  }[];
}

/** Pixels. Text keeps its size at every width, because only horizontal positions are relative. */
const size = { top: 18, label: 19, lane: 9, laneGap: 3, rowGap: 11, axis: 22 };

const rowHeight = (row: Row) => size.label + row.lanes.length * (size.lane + size.laneGap) + size.rowGap;

/** An SVG as wide as its place, from 300 pixels on, with rows below one another on a common axis. */
export function gantt(picture: Gantt): Markup {
  const x = (at: number) => `${Math.min(100, Math.max(0, (100 * at) / picture.length)).toFixed(2)}%`;
  const tops = picture.rows.map(
    (_, i) => size.top + picture.rows.slice(0, i).reduce((sum, row) => sum + rowHeight(row), 0),
  );
  const bottom = size.top + picture.rows.reduce((sum, row) => sum + rowHeight(row), 0);
  const anchor = (at: number) =>
    at <= picture.length * 0.04 ? "start" : at >= picture.length * 0.96 ? "end" : "middle";

  const bar = (b: Bar, y: number) =>
    markup`<rect class="bar bar-${b.tone}" x="${x(b.start)}" y="${y}" width="${x(b.end - b.start)}" height="${size.lane}" rx="2"><title>${b.title}</title></rect>`;
  const track = (row: Row, top: number) =>
    markup`<rect class="track" x="0" y="${top + size.label}" width="100%" height="${row.lanes.length * (size.lane + size.laneGap) - size.laneGap}" rx="2" />`;
  const bars = (row: Row, top: number) =>
    row.lanes.map((lane, i) => lane.map((b) => bar(b, top + size.label + i * (size.lane + size.laneGap))));
  const vertical = (at: number, y1: number, y2: number, kind: string, title?: string) =>
    markup`<line class="line-${kind}" x1="${x(at)}" x2="${x(at)}" y1="${y1}" y2="${y2}">${title && markup`<title>${title}</title>`}</line>`;
  const deadline = ({ deadline: d, ...row }: Row, top: number) =>
    d && d.at <= picture.length
      ? vertical(d.at, top + size.label - 3, top + rowHeight(row) - size.rowGap, "deadline", d.title)
      : undefined;
  const words = (row: Row, top: number) => markup`
    <text class="row-label" x="0" y="${top + 12}">${row.label}</text>
    <text class="row-value" x="100%" y="${top + 12}" text-anchor="end">${row.value}</text>`;
  const each = (draw: (row: Row, top: number) => unknown) => picture.rows.map((row, i) => draw(row, tops[i]!));

  // From back to front; lines run through the lanes only, so that none crosses a word.
  return markup`<svg role="img" aria-labelledby="${picture.id}-title ${picture.id}-desc" width="100%" height="${bottom + size.axis}">
    <title id="${picture.id}-title">${picture.title}</title>
    <desc id="${picture.id}-desc">${picture.description}</desc>
    ${each(track)}
    ${picture.ticks.map((tick) => vertical(tick.at, size.top, bottom, "grid"))}
    ${each(bars)}
    ${each(deadline)}
    ${picture.lines.map((line) => vertical(line.at, size.top - 4, size.top + 2, line.kind))}
    ${each((row, top) => picture.lines.map((line) => vertical(line.at, top + size.label - 3, top + rowHeight(row) - size.rowGap, line.kind)))}
    ${each(words)}
    ${picture.ticks.map((tick) => markup`<text class="tick" x="${x(tick.at)}" y="${bottom + 16}" text-anchor="${anchor(tick.at)}">${tick.label}</text>`)}
    ${picture.lines.map((line) => markup`<text class="line-label label-${line.kind}" x="${x(line.at)}" y="11" text-anchor="${anchor(line.at)}">${line.label}</text>`)}
  </svg>`;
}

/** Round distances between ticks of a time axis, in seconds. */
const steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

/** At most `most` + 1 ticks at round times. @param length Seconds. */
export function timeTicks(length: number, most = 5): number[] {
  const step = steps.find((s) => length / s <= most) ?? Math.ceil(length / most / 3600) * 3600;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
}
