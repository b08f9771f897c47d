// The line that tells when the connection is gone. Short gaps are nobody's business: 3 s.
import { announce } from "./announce.js";

const strip = document.querySelector("[data-offline]");
let late = 0;
let there = false;

// Some browsers say wrongly that they are offline: a connection that stands knows better.
export const away = () => !navigator.onLine && !there;

export function connection(up) {
  there = up;
  if (!strip) return;
  if (up) {
    clearTimeout(late);
    late = 0;
    strip.hidden = true;
    document.dispatchEvent(new CustomEvent("mainstay:connected"));
    return;
  }
  late ||= setTimeout(() => {
    strip.hidden = false;
    announce(strip.textContent.trim());
  }, 3000);
}

addEventListener("online", () => connection(true));
addEventListener("offline", () => connection(false));
