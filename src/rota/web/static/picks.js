// Picking rows for the actions on many: how many are picked, and all of a page at once.
const boxes = () => [...document.querySelectorAll(".c-pick input[name]")];

function count() {
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  const told = document.getElementById("picked");
  if (told) told.textContent = `${picked} picked`;
  const whole = document.getElementById("all");
  if (!whole) return;
  whole.checked = picked > 0 && picked === all.length;
  whole.indeterminate = picked > 0 && picked < all.length;
}

export function startPicks() {
  let last = null;
  document.addEventListener("click", (event) => {
    if (event.target.matches?.("[data-picks=all]")) { // on a phone the box above the list is not seen
      for (const box of boxes()) box.checked = true;
      count();
      return;
    }
    if (!event.target.matches?.(".c-pick input[name]")) return;
    const all = boxes();
    if (event.shiftKey && last?.isConnected) {
      const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of all.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = event.target;
    count();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "all") for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.closest?.(".c-pick")) count();
  });
  document.addEventListener("htmx:after:swap", count);
  count();
}
