// The editor: which of sentence and text was written last, a name from the title, and a warning
// before typed things are lost. Everything else is the server's.
const form = document.getElementById("editor");
const leads = form.querySelector("input[name=leads]");
let unsaved = false;

function touched(event) {
  unsaved = true;
  if (event.target.id === "trigger") leads.value = "text";
  else if (event.target.closest("#sentence")) leads.value = "sentence";
}

// As forms/names.py makes it; the server has the last word.
function nameFrom(title) {
  const plain = title.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  return (plain.replace(/ß/g, "ss").match(/[a-z0-9]+/g) || []).join("-").slice(0, 60);
}

const title = document.getElementById("title");
const name = document.getElementById("name");
if (title && name) {
  const propose = () => { name.placeholder = nameFrom(title.value) || "made from the title"; };
  title.addEventListener("input", propose);
  propose();
}

form.addEventListener("input", touched);
form.addEventListener("change", touched);
form.addEventListener("submit", () => { unsaved = false; });
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

// What a mend wrote is the truth now; and the focus must not be lost with the pressed button.
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement === document.body) document.getElementById("outlook")?.focus({ preventScroll: true });
});
form.addEventListener("click", (event) => {
  if (event.target.closest("button.mend[data-hx-post]")) { leads.value = ""; unsaved = true; }
});
