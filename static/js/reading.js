// How long a file is read, where its page says that this is measured: a beat each ten seconds while the page is in front and somebody is at it.
import { post } from "./server.js";

const BEAT = 10_000;
const IDLE = 60_000;
const read = document.querySelector("[data-reading]");
let touched = Date.now();

if (read) {
  for (const sign of ["pointermove", "keydown", "scroll", "touchstart"]) {
    addEventListener(sign, () => (touched = Date.now()), { passive: true });
  }
  setInterval(beat, BEAT);
}

function beat() {
  if (document.visibilityState !== "visible" || Date.now() - touched > IDLE) return;
  const body = new FormData();
  body.set("number", read.dataset.number);
  body.set("page", read.dataset.page ?? "0");
  post(read.dataset.reading, body).catch(() => {});
}
