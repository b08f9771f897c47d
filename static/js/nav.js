// The current tab is in view.
import { onContent } from "./server.js";

onContent((root) => {
  for (const bar of root.querySelectorAll(".tabs, .ltabs, .side-nav")) {
    const here = bar.querySelector("[aria-current]");
    if (here && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - bar.clientWidth / 2 + here.offsetWidth / 2;
  }
});
