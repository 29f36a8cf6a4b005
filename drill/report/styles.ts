import { raw } from "./markup";

/** The report's style sheet: light and dark, from 320 pixels, and paper. No colour carries a meaning alone. */
export const styles = raw(`
:root { color-scheme: light dark;
  --page: #f4f6f8; --card: #ffffff; --ink: #15202b; --muted: #526170; --line: #dbe1e7; --track: #eceff3;
  --good: #0a6e45; --bad: #b3261e; --warn: #8a5a00; --accent: #2563b8;
  --dark: #d0674a; --up: #9bd3b6; --rto: #2563b8; --rpo: #0f8a8a; --never: #b3261e; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0e1419; --card: #161e26; --ink: #e7edf3; --muted: #a3b2c0; --line: #2c3844; --track: #222c36;
  --good: #58cc95; --bad: #ff9389; --warn: #e8bb52; --accent: #74adff;
  --dark: #d9775b; --up: #2f7d59; --rto: #74adff; --rpo: #3fc1c1; --never: #ff7f74; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header > div { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
header { background: var(--card); border-top: 6px solid var(--tone); border-bottom: 1px solid var(--line); padding: 1.75rem 0 1.5rem; }
.recovered { --tone: var(--good); } .refused { --tone: var(--warn); } .failed { --tone: var(--bad); }
.kicker { margin: 0; color: var(--muted); font-size: .9rem; }
h1 { margin: .35rem 0 .5rem; font-size: clamp(1.5rem, 5vw, 2.25rem); line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; }
.badge { display: inline-block; border: 2px solid var(--tone); color: var(--tone); border-radius: 999px; padding: .05rem .8rem; font-weight: 650; }
h2 { margin: 0 0 .25rem; font-size: 1.2rem; letter-spacing: -.01em; }
p { margin: 0 0 .75rem; } .note { color: var(--muted); font-size: .92rem; max-width: 46rem; }
.facts { display: flex; flex-wrap: wrap; gap: .35rem 1.75rem; margin: 1rem 0 0; }
.facts div { min-width: 0; } .facts dt { color: var(--muted); font-size: .82rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem; margin: 1rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem; min-width: 0; }
.tiles .name { color: var(--muted); font-size: .85rem; } .tiles .figure { display: block; font-size: 1.45rem; font-weight: 650; line-height: 1.3; letter-spacing: -.01em; overflow-wrap: anywhere; }
.tiles .figure.address { font-size: 1.05rem; line-height: 1.45; } .tiles .small { color: var(--muted); font-size: .82rem; line-height: 1.4; display: block; }
.met, .ok { color: var(--good); } .missed { color: var(--bad); } .unmeasured { color: var(--warn); } .none { color: var(--muted); }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
th { text-align: left; color: var(--muted); font-weight: 550; font-size: .82rem; }
th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; } tbody th { color: var(--ink); font-weight: 600; font-size: inherit; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; } .time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.evidence { color: var(--muted); }
svg { display: block; margin-top: .5rem; overflow: visible; font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
svg text { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; } .row-label { font-weight: 600; } .row-value, .tick, .line-label { fill: var(--muted) !important; font-variant-numeric: tabular-nums; }
.row-value, .tick, .line-label { font-size: 12px; } .track { fill: var(--track); } .line-grid { stroke: var(--line); }
.bar-work { fill: var(--accent); } .bar-earlier { fill: var(--muted); } .bar-loss, .bar-over, .bar-never { fill: var(--never); } .bar-dark { fill: var(--dark); } .bar-up { fill: var(--up); }
.bar-rto { fill: var(--rto); } .bar-rpo { fill: var(--rpo); } .bar-rto { stroke: var(--rto); } .bar-rpo { stroke: var(--rpo); }
.line-deadline, .line-loss { stroke: var(--bad); stroke-width: 2; } .line-dns { stroke: var(--good); stroke-width: 2; }
.label-deadline, .label-loss { fill: var(--bad) !important; font-weight: 600; } .label-dns { fill: var(--good) !important; font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .5rem 0 0; padding: 0; list-style: none; color: var(--muted); font-size: .85rem; }
.legend i { display: inline-block; width: .85rem; height: .6rem; border-radius: 2px; margin-right: .4rem; }
.swatch-dark { background: var(--dark); } .swatch-up { background: var(--up); } .swatch-rto { background: var(--rto); } .swatch-rpo { background: var(--rpo); }
.swatch-never { background: var(--never); } .swatch-work { background: var(--accent); } .swatch-earlier { background: var(--muted); }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; } .two section { margin: 0; }
section ul.plain { margin: 0; padding-left: 1.1rem; } section ul.plain li { margin: .3rem 0; overflow-wrap: anywhere; }
summary { cursor: pointer; font-size: 1.2rem; font-weight: 650; } summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
summary span { color: var(--muted); font-weight: 400; font-size: .9rem; } details table { margin-top: .75rem; }
@media (max-width: 44rem) {
  .tiles li:first-child:nth-last-child(odd) { grid-column: 1 / -1; }
  section { padding: 1rem; } .stack thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .stack, .stack tbody, .stack tr, .stack td, .stack tbody th { display: block; border: 0; padding: 0; }
  .stack tbody tr { border-bottom: 1px solid var(--line); padding: .65rem 0; } .stack tbody tr:last-child { border-bottom: 0; padding-bottom: 0; }
  .stack td { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; padding-top: .15rem; }
  .stack td::before { content: attr(data-label); color: var(--muted); font-size: .85rem; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --muted: #444; --line: #bbb; --track: #eee; --good: #0a6e45; --bad: #b3261e; --warn: #8a5a00; --accent: #2563b8; --rto: #2563b8; --rpo: #0f8a8a; --never: #b3261e; --dark: #d0674a; --up: #9bd3b6; }
  body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  section, .tiles li { break-inside: avoid; } section.long { break-inside: auto; } tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`);
