// What the controls and keys do.

let due = 0, frame = 0;
const later = what => () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(what); };
controls.text.addEventListener("input", () => { clearTimeout(due); due = setTimeout(filter, 120); });
at("filter").addEventListener("change", event => { if (event.target !== controls.text) filter(); });
at("filter").addEventListener("submit", event => event.preventDefault());
at("expand").addEventListener("click", () => openAll(true));
at("collapse").addEventListener("click", () => openAll(false));
at("next").addEventListener("click", nextProblem);
at("whole").addEventListener("click", () => { span = whole; cut(); });
addEventListener("scroll", later(mark), {passive: true});
new ResizeObserver(later(draw)).observe(at("timeline"));
addEventListener("beforeprint", () => { near.disconnect(); blocks.forEach(fill); });
addEventListener("keydown", event => {
  const typing = event.target.matches("input, select");
  if (event.key === "Escape" && typing) event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); controls.text.focus(); }
  if (event.key === "n") nextProblem();
});
if (chargePoints.length) document.title += ` · ${plain(chargePoints.filter(Boolean).slice(0, 3).join(", "))}`;
filter();
