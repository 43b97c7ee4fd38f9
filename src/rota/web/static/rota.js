// The page works without any of this; with it, it is live.
import { startLive, toggleLive } from "./live.js";
import { startTicks, toggleExact } from "./ticks.js";
import { startKeys } from "./keys.js";
import { startNotes } from "./notes.js";
import { startLook } from "./look.js";
import { startLog } from "./log.js";
import { startPicks } from "./picks.js";

document.documentElement.classList.add("js");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const base = document.body.dataset.base;
if (zone) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `rota_zone=${zone}; path=${base || "/"}; max-age=31536000; samesite=lax${secure}`;
}

startLook(base);
startTicks();
startNotes();
startKeys({ toggleLive, toggleExact });
startLog(base);
startPicks();
startLive(base, zone && zone !== document.body.dataset.zone);
