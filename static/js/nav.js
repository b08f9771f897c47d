// Small things around moving about: the current tab is in view, the line tells when the connection is gone.
import { announce } from "./announce.js";
import { onContent } from "./server.js";

onContent((root) => {
  for (const bar of root.querySelectorAll(".tabs, .ltabs, .side-nav")) {
    const here = bar.querySelector("[aria-current]");
    if (here && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - bar.clientWidth / 2 + here.offsetWidth / 2;
  }
});

const strip = document.querySelector("[data-offline]");
let gone;

// Short gaps are nobody's business: 3 s.
export function connection(up) {
  clearTimeout(gone);
  if (!strip) return;
  if (up) strip.hidden = true;
  else
    gone = setTimeout(() => {
      strip.hidden = false;
      announce(strip.textContent.trim());
    }, 3000);
}

addEventListener("online", () => connection(true));
addEventListener("offline", () => connection(false));
