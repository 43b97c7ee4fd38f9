// One stream says that something changed; the page then fetches itself and is patched in place.
import { tick } from "./ticks.js";

let morph; // htmx's own, handed out to extensions
let source = null;
let state = "reconnecting";
let stopped = false; // by the reader
let busy = false;
let again = false;
let wanted = false; // everything, also where the pointer is
let pointer = null;
const told = [];

htmx.registerExtension("rota", {
  init: (api) => { morph = api.morph; },
  // What the reader opened stays open.
  htmx_before_morph_attr: (element, detail) => !(detail.attrName === "open" && element.tagName === "DETAILS"),
});

export function onRefresh(callback) { told.push(callback); }

function show(next) {
  state = next;
  const chip = document.getElementById("live");
  chip.hidden = false;
  chip.dataset.state = next;
  chip.textContent = next;
}

// Rows stay where they are while the pointer or the focus is on them: known rows are patched,
// new ones wait for a press on "n new".
function held(table) {
  const active = document.activeElement;
  return table && (table.contains(pointer) || (active !== document.body && table.contains(active)));
}

function patchRows(table, fresh) {
  let waiting = 0;
  for (const row of fresh.querySelectorAll("tr[id]")) {
    const known = document.getElementById(row.id);
    if (!known) waiting += 1;
    else if (!known.isEqualNode(row)) {
      const holder = document.createDocumentFragment();
      holder.append(...row.childNodes);
      morph(known, holder, true);
      htmx.process(known);
    }
  }
  let button = document.getElementById("fresh");
  if (waiting) {
    if (!button) {
      button = document.createElement("button");
      button.id = "fresh";
      button.type = "button";
      button.className = "fresh";
      button.addEventListener("click", () => { button.remove(); refresh(true); });
      table.before(button);
    }
    button.textContent = `Show ${waiting} new`;
  }
}

export async function refresh(whole = false) {
  if (document.querySelector("#main[data-still]")) return; // it tells what was done, once
  if (whole) wanted = true;
  if (busy) { again = true; return; }
  busy = true;
  const begun = performance.now();
  const address = location.href.split("#")[0];
  try {
    const response = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!response.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("main");
    const main = document.getElementById("main");
    if (!fresh || !main) return;
    if (address !== location.href.split("#")[0] || document.querySelector("main .htmx-request")) {
      again = true; // another filter was chosen meanwhile: what came is of yesterday
      return;
    }
    const growing = main.querySelector("[data-growing]");
    const known = new Set([...main.querySelectorAll("tr[id]")].map((row) => row.id));
    if (!wanted && held(growing)) {
      const list = fresh.querySelector("[data-growing]");
      if (list) patchRows(growing, list);
    } else {
      wanted = false;
      const holder = document.createDocumentFragment();
      holder.append(document.adoptNode(fresh));
      const row = (pointer || document.activeElement)?.closest?.("tr[id]");
      const top = row?.getBoundingClientRect().top;
      morph(main, holder, false);
      htmx.process(main);
      if (row?.isConnected) scrollBy(0, row.getBoundingClientRect().top - top);
      if (known.size) for (const row of document.querySelectorAll("main tr[id]")) {
        if (!known.has(row.id)) row.classList.add("came");
      }
    }
    if (page.title) document.title = page.title;
    tick();
    for (const callback of told) callback();
  } catch {
    // The server is away; the stream notices and says so.
  } finally {
    // A page that is dear to make is made less often: its rest is twice its work.
    const rest = Math.min(1500, Math.max(150, 2 * (performance.now() - begun)));
    setTimeout(() => { busy = false; if (again) { again = false; refresh(); } }, rest);
  }
}

function open(base) {
  if (source || stopped || document.hidden) return;
  source = new EventSource(`${base}/api/v1/stream`);
  let first = true;
  source.addEventListener("hello", () => {
    show("live");
    if (!first || document.body.dataset.stale) refresh();
    delete document.body.dataset.stale;
    first = false;
  });
  source.addEventListener("change", () => refresh());
  source.addEventListener("bye", () => { show("reconnecting"); });
  source.addEventListener("error", () => {
    // The minute's change of streams is no news; only a server that stays away is.
    setTimeout(() => { if (source && source.readyState !== EventSource.OPEN) show("reconnecting"); }, 1500);
    if (source.readyState === EventSource.CLOSED) { close(); setTimeout(() => open(base), 3000); }
  });
}

function close() {
  if (source) source.close();
  source = null;
}

let where = "";
export function toggleLive() {
  stopped = !stopped;
  if (stopped) { close(); show("paused"); }
  else { show("reconnecting"); document.body.dataset.stale = "1"; open(where); }
}

export function startLive(base, anew) {
  where = base;
  show("reconnecting");
  document.getElementById("live").addEventListener("click", toggleLive);
  document.addEventListener("pointerover", (event) => { pointer = event.target; });
  document.documentElement.addEventListener("mouseleave", () => { pointer = null; });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { close(); document.body.dataset.stale = "1"; } else open(base);
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) { document.body.dataset.stale = "1"; open(base); } });
  // Empty fields do not belong into the address.
  document.addEventListener("htmx:config:request", (event) => {
    const { method, body } = event.detail.ctx.request;
    if (method !== "GET" || !body) return;
    for (const [key, value] of [...body]) if (value === "") body.delete(key);
  });
  document.addEventListener("htmx:after:swap", () => { tick(); for (const callback of told) callback(); });
  if (anew) refresh(true); // the first page was made in UTC, because the zone was not known yet
  open(base);
}
