// Relative times tick; `t` shows the exact ones instead. The words are those of show/times.py.
const STEPS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
let exact = false;
let skew = 0; // server minus this clock, in milliseconds

export function relative(seconds) {
  const away = Math.abs(seconds);
  if (away < 1) return "now";
  for (const [size, word] of STEPS) {
    if (away >= (size === 1 ? 1 : size * 1.5)) {
      const count = size === 1 ? Math.floor(away) : Math.round(away / size);
      return seconds > 0 ? `in ${count} ${word}` : `${count} ${word} ago`;
    }
  }
  return "now";
}

export function tick() {
  const now = Date.now() + skew;
  for (const element of document.querySelectorAll("time[data-tick]")) {
    const said = exact ? element.title : relative((Date.parse(element.dateTime) - now) / 1000);
    if (element.textContent !== said) element.textContent = said;
  }
}

export function toggleExact() {
  exact = !exact;
  document.body.classList.toggle("exact", exact);
  tick();
}

export function startTicks() {
  const made = document.querySelector(".foot time");
  if (made) {
    const off = Date.parse(made.dateTime) - Date.now();
    if (Math.abs(off) > 30000) skew = off; // a clock that is plainly wrong; else loading is all it is
  }
  tick();
  setInterval(tick, 1000);
}
