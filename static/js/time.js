// Keeps the <time> of the `when` filter fresh: "2 hours ago" for six hours, in the page's language.
// Older times, written by the server as weekday or date, are left alone.
import { onContent } from "./server.js";

const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

function freshen() {
  for (const time of document.querySelectorAll("time[datetime][title]")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const minutes = Math.ceil(seconds / 60);
    if (Number.isNaN(seconds) || minutes > 0 || minutes <= -360) continue;
    const fresh = minutes > -60 ? words.format(minutes, "minute") : words.format(Math.ceil(minutes / 60), "hour");
    if (minutes < 0 && time.textContent !== fresh) time.textContent = fresh;
  }
}

onContent(freshen);
setInterval(freshen, 30_000);
document.addEventListener("visibilitychange", () => document.hidden || freshen());
