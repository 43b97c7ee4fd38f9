// A run's log: new lines are fetched as they come; level and words filter what is there.
import { onRefresh } from "./live.js";

const LEVELS = ["debug", "info", "warning", "error", "critical"];
const MOST = 5000; // lines kept on the page

let fetching = false;

function line(item) {
  const row = document.createElement("li");
  row.dataset.level = item.level.toLowerCase();
  const time = document.createElement("time");
  time.dateTime = item.time;
  time.title = new Date(item.time).toString();
  time.textContent = new Date(item.time).toLocaleTimeString("en-GB");
  const level = document.createElement("b");
  level.textContent = item.level.toLowerCase();
  const text = document.createElement("span");
  text.textContent = item.text;
  row.append(time, " ", level, " ", text);
  return row;
}

function filter(log, form) {
  const least = LEVELS.indexOf(form.elements.level.value);
  const words = form.elements.find.value.toLowerCase();
  let shown = 0;
  for (const row of log.querySelectorAll("li[data-level]")) {
    const rank = LEVELS.indexOf(row.dataset.level);
    row.hidden = (least >= 0 && rank >= 0 && rank < least) || (words !== "" && !row.lastElementChild.textContent.toLowerCase().includes(words));
    if (!row.hidden) shown += 1;
  }
  const none = document.getElementById("nolog");
  if (none) none.hidden = shown > 0;
}

export function startLog(base) {
  const log = document.getElementById("log");
  const form = document.getElementById("logfilter");
  if (!log || !form) return;
  let follow = true;
  const tail = () => { if (follow) log.scrollTop = log.scrollHeight; };

  async function more() {
    if (fetching) return;
    fetching = true;
    try {
      for (;;) {
        const answer = await fetch(`${base}/api/v1/runs/${log.dataset.run}/log?limit=500&after=${log.dataset.last}`);
        if (!answer.ok) return;
        const { items } = await answer.json();
        if (!items.length) return;
        log.append(...items.map(line));
        log.dataset.last = items.at(-1).number;
        while (log.children.length > MOST) log.firstElementChild.remove();
        filter(log, form);
        tail();
        if (items.length < 500) return;
      }
    } catch {
      // The next change asks again.
    } finally {
      fetching = false;
    }
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    filter(log, form);
    const url = new URL(location.href);
    for (const key of ["level", "find"]) {
      const value = form.elements[key].value;
      if (value) url.searchParams.set(key, value); else url.searchParams.delete(key);
    }
    history.replaceState(history.state, "", url);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-log]");
    if (!button) return;
    if (button.dataset.log === "copy") {
      const rows = [...log.querySelectorAll("li[data-level]:not([hidden])")];
      navigator.clipboard?.writeText(rows.map((row) => row.textContent).join("\n"));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
      return;
    }
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (button.dataset.log === "wrap") log.classList.toggle("wrap", on);
    else { follow = on; tail(); }
  });
  log.addEventListener("wheel", () => {
    if (log.scrollTop + log.clientHeight < log.scrollHeight - 40 && follow) {
      follow = false;
      form.querySelector("[data-log=tail]").setAttribute("aria-pressed", "false");
    }
  }, { passive: true });
  if (new URLSearchParams(location.search).has("level") || new URLSearchParams(location.search).has("find")) {
    log.replaceChildren(); // the server left lines out; the filter here needs them all
    log.dataset.last = log.dataset.first;
    more();
  }
  for (const time of log.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString("en-GB"); // in the reader's zone
  }
  tail();
  onRefresh(more);
}
