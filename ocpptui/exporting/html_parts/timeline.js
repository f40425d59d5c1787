// The timeline: one lane per charge point, what it sent upwards, what it received downwards.

const LANE = 24, AXIS = 18, BIN = 3;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5,
  36e5, 72e5, 108e5, 216e5, 432e5, 864e5, 1728e5, 6048e5, 2592e6, 31536e6, 31536e7, 31536e8].map(ms => ms * 1000);
const svg = document.querySelector("svg");
let chart = {left: 0, width: 1, bins: 1, lanes: []};

function shape(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function draw() {
  if (!records.length) return;
  const left = Math.min(130, Math.max(30, ...chargePoints.map(id => id.length * 7 + 12)));
  const width = Math.max(60, svg.clientWidth - left), bins = Math.floor(width / BIN);
  const lanes = chargePoints.map(() => ({up: [], down: [], event: [], bad: []}));
  const laneOf = new Map(chargePoints.map((id, place) => [id, lanes[place]]));
  let most = 1;
  for (const position of shown) {
    const record = records[position];
    const bin = Math.min(bins - 1, Math.floor((record.time - span[0]) / (span[1] - span[0]) * bins));
    const lane = laneOf.get(record.chargePoint);
    const counts = record.direction > 0 ? lane.up : record.direction < 0 ? lane.down : lane.event;
    counts[bin] = (counts[bin] ?? 0) + 1;
    most = Math.max(most, counts[bin]);
    if (record.problems.length) lane.bad[bin] = (lane.bad[bin] ?? 0) + 1;
  }
  chart = {left, width: bins * BIN, bins, lanes};
  const height = lanes.length * LANE + AXIS, parts = [];
  for (const [x, text] of ticks()) {
    parts.push(shape("path", {class: "grid", d: `M${x} ${AXIS - 3}V${height}`}));
    parts.push(shape("text", {class: "middle", x, y: 11}, text));
  }
  lanes.forEach((lane, place) => {
    const middle = AXIS + place * LANE + LANE / 2, half = LANE / 2 - 2;
    const stroke = (counts, d) => Object.entries(counts).map(([bin, count]) =>
      `M${left + bin * BIN + 1} ${middle}` + d(2 + (half - 2) * Math.sqrt(count / most))).join("");
    const wrong = Object.keys(lane.bad).map(bin => left + bin * BIN + 1);
    const behind = wrong.map(x => `M${x - 1.5} ${middle - half}v${LANE - 4}h3v${4 - LANE}z`).join("");
    const caps = wrong.map(x => `M${x} ${middle - half - 1}v4`).join("");
    const id = plain(chargePoints[place]) || "–", room = Math.floor((left - 8) / 6.4);
    const name = shape("text", {x: 0, y: middle + 4}, id.length > room ? id.slice(0, room - 1) + "…" : id);
    name.append(shape("title", {}, id));
    parts.push(
      name, shape("path", {class: "behind", d: behind}),
      shape("path", {class: "lane", d: `M${left} ${middle}h${chart.width}`}),
      shape("path", {class: "event", "stroke-width": 2, d: stroke(lane.event, () => "m0 -2v4")}),
      shape("path", {class: "up", "stroke-width": 2, d: stroke(lane.up, size => `v${-size}`)}),
      shape("path", {class: "down", "stroke-width": 2, d: stroke(lane.down, size => `v${size}`)}),
      shape("path", {class: "bad", "stroke-width": 3, d: caps}));
  });
  parts.push(shape("rect", {class: "chosen", y: 0, height, width: 0}), shape("path", {class: "here", d: ""}));
  svg.setAttribute("height", height);
  svg.replaceChildren(...parts);
  mark();
}

function ticks() {
  const room = Math.max(1, Math.floor(chart.width / 110)), long = span[1] - span[0];
  const step = STEPS.find(each => long / each <= room) ?? long, found = [];
  for (let time = Math.ceil(span[0] / step) * step; time <= span[1]; time += step) {
    const text = timeText(time);
    found.push([xOf(time), step >= 864e8 ? text.slice(0, 10) : severalDays && time % 864e8 === 0 ? text.slice(5, 10)
      : text.slice(11, step < 1e6 ? 23 : step < 6e7 ? 19 : 16)]);
  }
  return found.filter(([x]) => x > chart.left + 24 && x < chart.left + chart.width - 24);
}
const xOf = time => chart.left + (time - span[0]) / (span[1] - span[0]) * chart.width;
const timeOf = x => span[0] + Math.min(1, Math.max(0, (x - chart.left) / chart.width)) * (span[1] - span[0]);

function pointed(event) {  // the position in the drawing, its lane and bin
  const box = svg.getBoundingClientRect(), x = event.clientX - box.left;
  const lane = Math.min(chart.lanes.length - 1, Math.max(0, Math.floor((event.clientY - box.top - AXIS) / LANE)));
  return {x, lane, bin: Math.min(chart.bins - 1, Math.max(0, Math.floor((x - chart.left) / BIN)))};
}

let start = null;
svg.addEventListener("pointerdown", event => {
  start = pointed(event).x;
  svg.setPointerCapture(event.pointerId);
});
svg.addEventListener("pointermove", event => {
  const {x, lane, bin} = pointed(event), counts = chart.lanes[lane];
  if (!counts) return;
  const wrong = counts.bad[bin] ?? 0;
  const sum = ["up", "down", "event"].reduce((total, name) => total + (counts[name][bin] ?? 0), 0);
  at("pointed").textContent = `${shortTime(Math.floor(timeOf(x)))} ${plain(chargePoints[lane])}` +
    (sum ? `: ${counted(sum, "record")}${wrong ? `, ${wrong} with problems` : ""}` : "");
  if (start === null) return;
  const chosen = svg.querySelector(".chosen"), from = Math.max(chart.left, Math.min(start, x));
  chosen.setAttribute("x", from);
  chosen.setAttribute("width", Math.max(0, Math.min(chart.left + chart.width, Math.max(start, x)) - from));
});
svg.addEventListener("pointerup", event => {
  const {x, lane, bin} = pointed(event), from = start;
  start = null;
  if (from === null) return;
  if (Math.abs(x - from) < 5) return jumpTo(lane, bin);
  span = [timeOf(Math.min(from, x)), timeOf(Math.max(from, x))];
  cut();
});
svg.addEventListener("pointercancel", () => { start = null; draw(); });

function jumpTo(lane, bin) {  // the nearest record of the lane; if a problem is marked, that
  const marked = bin in (chart.lanes[lane]?.bad ?? []), time = timeOf(chart.left + (bin + 0.5) * BIN);
  let best = -1, distance = Infinity;
  for (const position of shown) {
    const record = records[position], away = Math.abs(record.time - time);
    if (record.chargePoint !== chargePoints[lane] || (marked && !record.problems.length) || away >= distance) continue;
    [best, distance] = [position, away];
  }
  if (best >= 0) jump(best);
}

function mark() {  // the time of the window
  const position = seen(), line = svg.querySelector(".here");
  line?.setAttribute("d", position === undefined ? "" : `M${xOf(records[position].time)} 0V${svg.clientHeight}`);
}
