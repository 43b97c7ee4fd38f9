// Keyboard: / j k Enter r p c e n x t l g ? Esc. Nothing happens while somebody types.
const GO = { h: "/", t: "/schedules", l: "/timeline", r: "/runs", e: "/events", n: "/nodes" };
let going = 0;

const rows = () => [...document.querySelectorAll("[data-row]")];
const current = () => document.activeElement?.closest?.("[data-row]");
const typing = (element) => element && (element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName));

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function press(key) {
  // What acts on one thing is the row's where a row has the focus; the page's own otherwise.
  const row = "en".includes(key) ? null : current();
  const button = (row || document.querySelector(".head .actions"))?.querySelector(`[data-key="${key}"]`);
  if (!button) return false;
  button.click();
  const panel = button.closest("details[open]")?.querySelector("select, input:not([type=hidden])");
  panel?.focus();
  return true;
}

export function startKeys({ toggleLive, toggleExact }) {
  const help = document.getElementById("help");
  const keys = document.getElementById("keys");
  keys.hidden = false;
  keys.addEventListener("click", () => help.showModal());
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const element = document.activeElement;
    if (event.key === "Escape") {
      const menu = element?.closest?.("details.menu[open]") || document.querySelector("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      else if (typing(element)) element.blur();
      return;
    }
    if (typing(element) || help.open) return;
    const base = document.body.dataset.base;
    let done = true;
    if (Date.now() < going && GO[event.key]) location.assign(base + GO[event.key]);
    else if (event.key === "/") (document.querySelector("#q, input[type=search], #trigger"))?.focus();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter" && element?.matches("[data-row]")) element.querySelector("[data-open], a")?.click();
    else if ("rpcen".includes(event.key)) done = press(event.key);
    else if (event.key === "x") current()?.querySelector(".c-pick input")?.click();
    else if (event.key === "t") toggleExact();
    else if (event.key === "l") toggleLive();
    else if (event.key === "g") going = Date.now() + 1500;
    else if (event.key === "?") help.showModal();
    else done = false;
    if (event.key !== "g") going = 0;
    if (done) event.preventDefault();
  });
}
