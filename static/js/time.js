// Keeps <time datetime data-relative> fresh: "2 hours ago" for six hours, by the page's language.
// Older times are written by the server as weekday or date and left alone.
import { onContent } from "./server.js";

const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

function freshen() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const minutes = Math.round(seconds / 60);
    if (Number.isNaN(seconds) || Math.abs(minutes) >= 360) continue;
    const fresh = Math.abs(minutes) < 60 ? words.format(minutes, "minute") : words.format(Math.round(minutes / 60), "hour");
    if (Math.abs(minutes) >= 1 && time.textContent !== fresh) time.textContent = fresh;
  }
}

onContent(freshen);
setInterval(freshen, 30_000);
document.addEventListener("visibilitychange", () => document.hidden || freshen());
