// The note after a change stays ten seconds, or as long as the pointer or focus is on it.
const STAYS = 10000;
let timer = 0;

function clean() {
  const url = new URL(location.href);
  if (!url.searchParams.has("did")) return;
  for (const key of ["did", "name", "run"]) url.searchParams.delete(key);
  history.replaceState(history.state, "", url);
}

function watch() {
  const note = document.querySelector("#notice [data-note]");
  if (!note) return;
  clearTimeout(timer);
  const go = () => {
    if (note.matches(":hover, :focus-within")) timer = setTimeout(go, 1000);
    else note.remove();
  };
  timer = setTimeout(go, STAYS);
}

function say(text) {
  const note = document.createElement("div");
  note.className = "note";
  note.dataset.note = "";
  note.textContent = text;
  document.getElementById("notice").replaceChildren(note);
  watch();
}

export function startNotes() {
  clean();
  watch();
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: false });
  document.addEventListener("htmx:after:swap", watch);
  // A refused change is said, and the page stays as it is.
  document.addEventListener("htmx:before:swap", (event) => {
    const ctx = event.detail.ctx;
    const response = ctx && ctx.response;
    if (!response || response.status < 400) return;
    event.preventDefault();
    const page = new DOMParser().parseFromString(ctx.text || "", "text/html");
    const said = [...page.querySelectorAll(".problems li, .lead")].map((one) => one.textContent.trim());
    say(said.join(" ") || "That did not work.");
  });
  document.addEventListener("htmx:error", () => say("The server does not answer."));
}
