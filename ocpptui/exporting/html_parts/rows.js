"use strict";
// The records are in the page as JSON, which a browser does not run; each of their texts is inserted as text.

const FIELDS = ["index", "other", "time", "connection", "chargePoint", "version", "direction", "kind", "action", "id",
  "latency", "origin", "masked", "summary", "problems", "notes", "text"];
const BLOCK = 100;  // rows that are added to the page, and removed from it, together
const LONGEST = 300000;  // the most characters of a message that is coloured

const at = id => document.getElementById(id);
const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const records = [];
for (const block of document.querySelectorAll('script[type="application/json"]')) {
  for (const values of JSON.parse(block.textContent)) {
    records.push(Object.fromEntries(FIELDS.map((name, place) => [name, values[place]])));
  }
  block.remove();
}
const positions = new Map(records.map((record, position) => [record.index, position]));
const chargePoints = [...new Set(records.map(record => record.chargePoint))].sort();
const whole = records.reduce(([a, b], {time}) => [Math.min(a, time), Math.max(b, time)], [Infinity, -Infinity]);
if (whole[0] === whole[1]) whole.splice(0, 2, whole[0] - 5e5, whole[1] + 5e5);

// --- words ----------------------------------------------------------------------------------------------------------

const UNSAFE = new RegExp("[UNSAFE_RANGES]", "gu");  // the list of ocpptui/jsontext/unsafe_characters.py
const escaped = character =>
  character.split("").map(unit => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0")).join("");
const plain = text => text.replace(UNSAFE, escaped);
const plainLines = text => text.replace(UNSAFE, character => character === "\n" ? character : escaped(character));

function timeText(time) {  // microseconds since 1970 UTC, whole
  const ms = Math.floor(time / 1000);
  return new Date(ms).toISOString().replace("Z", String(time - ms * 1000).padStart(3, "0") + "Z");
}
const severalDays = records.length > 0 && timeText(whole[0]).slice(0, 10) !== timeText(whole[1]).slice(0, 10);
if (severalDays) document.documentElement.style.setProperty("--time", "9.4em");
const shortTime = time => timeText(time).slice(severalDays ? 5 : 11, 23).replace("T", " ");
const longest = Math.max(0, ...chargePoints.map(id => plain(id).length));
document.documentElement.style.setProperty("--charge-point", `${Math.min(24, longest + 1)}ch`);
const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

// --- which records are shown ----------------------------------------------------------------------------------------

const controls = {text: at("text"), chargePoint: at("charge-point"), action: at("action"), kind: at("kind")};
let span = whole;  // of time
let matching = [];  // positions that match the filter, at any time
let shown = [];  // those of them within the span

function choices(select, values) {
  for (const value of values) {
    const option = element("option", "", plain(value) || "none");
    option.value = value;
    select.append(option);
  }
  select.hidden = values.length < 2;
}
choices(controls.chargePoint, chargePoints);
choices(controls.action, [...new Set(records.map(record => record.action))].filter(Boolean).sort());
choices(controls.kind, [...new Set(records.map(record => record.kind))].sort());

function haystack(record) {
  record.words ??= [record.summary, record.text, record.action, record.chargePoint, record.kind, record.id,
    ...record.problems, ...record.notes].join("\n").toLowerCase();
  return record.words;
}

function filter() {
  const words = controls.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = ["chargePoint", "action", "kind"].filter(name => controls[name].selectedIndex > 0);
  const wrong = at("wrong").checked;
  matching = [];
  records.forEach((record, position) => {
    if (wrong && !record.problems.length) return;
    if (!chosen.every(name => record[name] === controls[name].value)) return;
    if (words.length && !words.every(word => haystack(record).includes(word))) return;
    matching.push(position);
  });
  cut();
}

function cut() {
  const all = span === whole;
  shown = all ? matching : matching.filter(place => records[place].time >= span[0] && records[place].time <= span[1]);
  at("shown").textContent = `${shown.length} of ${records.length}`;
  at("whole").hidden = all;
  at("next").disabled = !shown.some(position => records[position].problems.length);
  list();
  draw();
  scrollBy(0, Math.min(0, main.getBoundingClientRect().top - belowBar()));  // to the first of them
}

// --- rows: only those near the window are in the page -------------------------------------------------------------

const main = document.querySelector("main");
const opened = new Set();
let blocks = [];
let here = -1;  // position of the row that was jumped to

const near = new IntersectionObserver(entries => {
  entries.forEach(entry => (entry.isIntersecting ? fill : empty)(entry.target));
  mark();
}, {rootMargin: "800px"});

function list() {
  near.disconnect();
  const height = parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10);
  blocks = [];
  for (let first = 0; first < shown.length; first += BLOCK) {
    const block = element("div");
    block.rows = shown.slice(first, first + BLOCK);
    block.style.height = `${block.rows.reduce((sum, place) => sum + height + (opened.has(place) ? 260 : 0), 0)}px`;
    blocks.push(block);
  }
  main.replaceChildren(...blocks);
  at("none").hidden = shown.length > 0;
  blocks.forEach(block => near.observe(block));
}

function fill(block) {
  if (block.firstChild) return;
  block.append(...block.rows.map(row));
  block.style.height = "";
}

function empty(block) {
  if (!block.firstChild || block.contains(document.activeElement)) return;
  block.style.height = `${block.offsetHeight}px`;
  block.replaceChildren();
}

function row(position) {
  const record = records[position];
  const made = element("details", {1: "up", "-1": "down", 0: "event"}[record.direction]);
  made.classList.toggle("wrong", record.problems.length > 0);
  made.classList.toggle("here", position === here);
  made.dataset.position = position;
  const summary = element("summary"), what = element("span", "what", plain(record.action));
  what.append(element("span", "kind", KINDS[record.kind] ?? record.kind));
  summary.append(
    element("span", "time", shortTime(record.time)), element("span", "charge-point", plain(record.chargePoint)),
    element("span", "arrow", {1: "→", "-1": "←", 0: "·"}[record.direction]), what,
    element("span", "ms", record.latency), element("span", "text", plain(record.summary)));
  made.append(summary);
  if (opened.has(position)) {
    made.open = true;
    made.append(inside(record));
  }
  return made;
}

const KINDS = {CALL: "call", CALLRESULT: "result", CALLERROR: "error", CALLRESULTERROR: "result error", SEND: "send",
  MALFORMED: "malformed", CONNECTION: "connection", PING: "ping", PONG: "pong", NOTE: "note"};

function inside(record) {
  const made = element("div", "inside"), facts = element("div", "facts");
  const told = [timeText(record.time), record.version && `OCPP ${record.version}`,
    record.connection && `connection ${record.connection}`, record.origin, record.id && `id ${plain(record.id)}`,
    record.masked && `masked: ${plain(record.masked)}`];
  facts.append(...told.filter(Boolean).map(fact => element("span", "", fact)));
  made.append(facts);
  if (record.problems.length) {
    const problems = element("ul");
    problems.append(...record.problems.map(problem => element("li", "", plain(problem))));
    made.append(problems);
  }
  if (record.notes.length) {
    const notes = element("ul", "soft");
    notes.append(...record.notes.map(note => element("li", "", plain(note))));
    made.append(notes);
  }
  const message = element("pre");
  const pretty = isJSON(record.text);
  message.append(...(pretty ? coloured(record.text) : [plainLines(record.text)]));
  if (record.text) made.append(message);
  if (pretty) made.append(button("raw", "as it was on the wire"));
  if (positions.has(record.other)) made.append(button("other", record.latency === "" ? "its answer" : "its call"));
  return made;
}

function button(does, text) {
  const made = element("button", "", text);
  made.type = "button";
  made.dataset.does = does;
  return made;
}

function isJSON(text) {
  if (text.length > LONGEST || !/^\s*[[{]/.test(text)) return false;
  try { JSON.parse(text); } catch { return false; }
  return true;
}

function readable(token) {  // the letters of a string instead of their escapes; `plain` hides unsafe characters
  return token.replace(/\\(?:u(d[89ab]..)\\u(d[c-f]..)|u([0-9a-f]{4})|[^])/gi, (escape, high, low, one) => {
    const said = high ? String.fromCharCode(parseInt(high, 16), parseInt(low, 16))
      : one ? String.fromCharCode(parseInt(one, 16)) : "";
    return said > "\x7f" ? said : escape;
  });
}

function coloured(text) {  // JSON on separate lines; each string and number as it is written
  const parts = [];
  let depth = 0, before = "";
  const line = () => "\n" + "  ".repeat(Math.min(depth, 40));
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\[^][^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+/g)) {
    if (token === "}" || token === "]") {
      depth -= 1;
      parts.push((before === "{" || before === "[" ? "" : line()) + token);
    } else {
      if (before === "{" || before === "[" || before === ",") parts.push(line());
      if (token === "{" || token === "[") depth += 1;
      if (token === ":") parts.push(": ");
      else if (token === "," || token === "{" || token === "[") parts.push(token);
      else parts.push(element("span", token[0] === '"' ? "string" : "number", plain(readable(token))));
    }
    if (token === ":") parts.at(-2).className = "key";
    before = token;
  }
  return parts;
}

main.addEventListener("toggle", ({target}) => {
  const position = Number(target.dataset.position);
  if (!target.open) opened.delete(position);
  else if (opened.add(position) && !target.querySelector(".inside")) target.append(inside(records[position]));
}, true);

main.addEventListener("click", ({target}) => {
  const record = records[target.closest("details")?.dataset.position];
  if (target.dataset.does === "other") jump(positions.get(record.other));
  if (target.dataset.does !== "raw") return;
  target.parentNode.querySelector("pre").textContent = plainLines(record.text);
  target.remove();
});

function jump(position) {
  if (!shown.includes(position)) {  // remove the filters that hide it
    at("filter").reset();
    span = whole;
    filter();
  }
  main.querySelector(".here")?.classList.remove("here");
  here = position;
  const target = reveal(position);
  target.classList.add("here");
  target.scrollIntoView({block: "center"});
  target.firstChild.focus({preventScroll: true});
  mark();
}

function reveal(position) {  // the row of a record that is shown
  const place = shown.indexOf(position), block = blocks[Math.floor(place / BLOCK)];
  fill(block);
  return block.children[place % BLOCK];
}

const belowBar = () => Math.max(0, at("bar").getBoundingClientRect().bottom);

function seen() {  // position of the first row in the window
  const below = document.elementFromPoint(innerWidth / 2, belowBar() + 4)?.closest("main details, main > div");
  return below ? Number(below.dataset.position ?? below.rows[0]) : shown[0];
}

function nextProblem() {
  const wrong = shown.filter(position => records[position].problems.length);
  if (wrong.length) jump(wrong.find(position => position > here) ?? wrong[0]);
}

function openAll(open) {
  const first = seen();
  for (const position of shown) open ? opened.add(position) : opened.delete(position);
  list();
  if (first === undefined || first === shown[0]) return;
  scrollBy(0, reveal(first).getBoundingClientRect().top - belowBar());
}
