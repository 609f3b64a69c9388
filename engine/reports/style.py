"""The style sheet of a report: the window's colours, dark where the reader's system is, and a form for paper."""

from __future__ import annotations

STYLE = """
:root { --page: #f3f4f6; --surface: #fff; --text: #1b1f24; --muted: #59636e; --line: #dde1e6; --before: #9aa5b1;
  --after: #0072b2; --note: #fff4d6; --code: #f8f9fb; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181c; --surface: #1c2025; --text: #e7eaee; --muted: #9ba6b2; --line: #30363e; --before: #77838f;
    --after: #56b4e9; --note: #3d3213; --code: #22272d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 32px 0 8px; }
h3 { font-size: 14px; margin: 20px 0 4px; }
.muted { color: var(--muted); margin: 4px 0; }
.note { background: var(--note); padding: 8px 12px; border-radius: 4px; }
.wide { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 4px; }
.tall { max-height: 85vh; overflow: auto; text-align: center; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; min-width: 56px; }
th { color: var(--muted); font-weight: 500; }
th button { all: unset; cursor: pointer; } th button:hover { color: var(--text); }
th button:focus-visible { outline: 2px solid var(--after); outline-offset: 2px; }
th[aria-sort] button { color: var(--text); }
th[aria-sort=ascending] button::after { content: "\\00a0▲"; }
th[aria-sort=descending] button::after { content: "\\00a0▼"; }
tr:last-child td { border-bottom: 0; }
th:first-child, td:first-child { min-width: 136px; }
.n { text-align: right; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 8px 0; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 4px; padding: 12px; white-space: pre-wrap;
  overflow-wrap: anywhere; }
details { margin: 12px 0; } summary { cursor: pointer; font-weight: 500; padding: 4px 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 16px; margin: 16px 0; }
svg.plot { width: 100%; height: auto; background: var(--surface);
  border: 1px solid var(--line); border-radius: 4px; }
svg text { font: 11px system-ui, sans-serif; fill: var(--text); }
svg .tick, svg .value, svg .small, svg .scope { fill: var(--muted); } svg .small, svg .scope { font-size: 10px; }
svg .grid { stroke: var(--line); } .before { fill: var(--before); } .after { fill: var(--after); }
.key { display: inline-block; width: 10px; height: 10px; margin-left: 8px; }
.key.before { background: var(--before); } .key.after { background: var(--after); }
svg .box { fill: var(--surface); stroke: var(--muted); } svg .container { fill: none; stroke: var(--line); }
svg .input, svg .output { fill: var(--code); } svg .heat { fill: var(--after); }
svg .wire { fill: none; stroke: var(--before); }
@media print {
  :root { --page: #fff; --surface: #fff; --text: #000; --muted: #444; --line: #bbb; --before: #999; --after: #0072b2;
    --note: #eee; --code: #fff; color-scheme: light; }
  details::details-content { content-visibility: visible; block-size: auto; }
  body { font-size: 11px; } h1 { font-size: 18px; } h2 { font-size: 14px; } h3 { font-size: 12px; }
  th, td { padding: 2px 6px; } .plots { grid-template-columns: 1fr 1fr; }
  main { max-width: none; padding: 0; } .wide, .tall { overflow: visible; max-height: none; }
  svg.graph { max-width: 100%; max-height: 240mm; height: auto; }
  section { break-before: page; } tr, svg.plot, pre { break-inside: avoid; } thead { display: table-header-group; } }
"""
