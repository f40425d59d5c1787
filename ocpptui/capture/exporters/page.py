"""The parts of the HTML report that are the same in each: style, script, and the head that lets in nothing else."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --paper: #fff; --soft: #5b6675; --line: #d9dee5; --bar: #f4f6f8;
  --up: #0b6bb8; --down: #6a3fb5; --bad: #b3261e; --code: #f7f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --paper: #14181e; --soft: #9aa5b3; --line: #2c343f; --bar: #1b2129;
    --up: #6cb6f5; --down: #b79cf2; --bad: #ff8a80; --code: #1b2129; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 14px/1.45 system-ui, sans-serif; }
header, main { padding: 0 16px; }
h1 { font-size: 20px; margin: 16px 0 4px; }
.counts, .soft { color: var(--soft); }
table { border-collapse: collapse; margin: 8px 0 16px; }
th, td { text-align: left; padding: 2px 12px 2px 0; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; }
form { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 8px 16px;
  background: var(--bar); border-block: 1px solid var(--line); z-index: 1; }
input[type=search] { flex: 1 1 240px; font: inherit; padding: 4px 8px; }
select, button { font: inherit; padding: 3px 8px; }
details { border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 26px; }
summary { display: grid; grid-template-columns: 8.5em 9em 2em 9em 15em 5em 1fr; gap: 8px; padding: 2px 0;
  cursor: pointer; white-space: nowrap; }
summary > * { overflow: hidden; text-overflow: ellipsis; }
summary:hover { background: var(--bar); }
.up .arrow { color: var(--up); } .down .arrow { color: var(--down); }
.ms { text-align: right; } .wrong .kind::after { content: " !"; } .wrong .kind, li { color: var(--bad); }
pre, .text { font: 12px/1.5 ui-monospace, monospace; }
pre { margin: 4px 0 8px; padding: 8px; background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere; }
[hidden] { display: none; }
@media (max-width: 900px) { summary { display: flex; flex-wrap: wrap; } }
@media print { form { display: none; } }
"""

SCRIPT = """
"use strict";
const rows = [...document.querySelectorAll("details")];
const text = document.getElementById("text"), kind = document.getElementById("kind");
const wrong = document.getElementById("wrong"), shown = document.getElementById("shown");
let due = 0;
function filter() {
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    let found = (!kind.value || row.dataset.kind === kind.value) && (!wrong.checked || row.classList.contains("wrong"));
    if (found && words.length) {
      const content = row.textContent.toLowerCase();
      found = words.every(word => content.includes(word));
    }
    row.hidden = !found;
    count += found;
  }
  shown.textContent = count + " of " + rows.length;
}
function expand(open) { for (const row of rows) if (!row.hidden) row.open = open; }
text.addEventListener("input", () => { clearTimeout(due); due = setTimeout(filter, 150); });
kind.addEventListener("change", filter);
wrong.addEventListener("change", filter);
document.querySelector("form").addEventListener("submit", event => event.preventDefault());
document.getElementById("expand").addEventListener("click", () => expand(true));
document.getElementById("collapse").addEventListener("click", () => expand(false));
document.addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== text) { event.preventDefault(); text.focus(); }
});
filter();
"""


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; \
style-src {_source(STYLE)}; script-src {_source(SCRIPT)}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>OCPP recording</title>
<style>{STYLE}</style>
</head>
<body>
"""
"""Up to the contents. The policy lets run exactly this script, so that nothing else in the page can."""

TAIL = f"""</main>
<script>{SCRIPT}</script>
</body>
</html>
"""
