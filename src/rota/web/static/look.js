// Light, dark, or as the system has it: kept in a cookie, so that the next page comes as it was.
const NEXT = { "": "light", light: "dark", dark: "" };

export function startLook(base) {
  const button = document.getElementById("look");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const look = NEXT[root.dataset.look || ""];
    if (look) root.dataset.look = look; else delete root.dataset.look;
    button.querySelector("span").textContent = `: ${look || "system"}`;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `rota_look=${look}; path=${base || "/"}; max-age=${look ? 31536000 : 0}; samesite=lax${secure}`;
  });
}
