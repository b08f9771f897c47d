// The scrubber over an account's trail: arrows go to the previous or next day on which something happened, PageUp and PageDown
// by a month, Home and End to the ends; letting go shows the trail as of that day. Without this file the date field does it.
import { onContent } from "./server.js";

const DAY = 86_400_000;
const MONTH = 30;

onContent((root) => {
  for (const scrub of root.querySelectorAll("[data-scrub]")) enhance(scrub);
});

function enhance(scrub) {
  const range = scrub.querySelector("input[type=range]");
  const label = scrub.querySelector("[data-asof]");
  const first = Date.parse(`${scrub.dataset.first}T00:00:00Z`);
  const days = scrub.dataset.days.split(" ").map(Number);
  const last = Number(range.max);
  const shown = Number(range.value);
  const lang = document.documentElement.lang || "en";
  // As the server writes days: 14 May 2026.
  const form = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  const spoken = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, form);
  let late;

  const iso = (day) => new Date(first + day * DAY).toISOString().slice(0, 10);
  const words = (day) => spoken.format(first + day * DAY);

  function say() {
    const day = Number(range.value);
    const told = day >= last ? `${words(day)}, ${scrub.dataset.today}` : words(day);
    label.textContent = told;
    range.setAttribute("aria-valuetext", told);
  }

  function go() {
    const day = Number(range.value);
    if (day === shown) return;
    const url = new URL(scrub.dataset.url, location.href);
    if (day < last) url.searchParams.set("as_of", iso(day));
    url.hash = "asof";
    location.assign(url);
  }

  function step(key) {
    const day = Number(range.value);
    switch (key) {
      case "ArrowLeft":
      case "ArrowDown":
        return days.findLast((each) => each < day) ?? 0;
      case "ArrowRight":
      case "ArrowUp":
        return days.find((each) => each > day) ?? last;
      case "PageDown":
        return Math.max(0, day - MONTH);
      case "PageUp":
        return Math.min(last, day + MONTH);
      default:
        return undefined;
    }
  }

  range.addEventListener("input", say);
  range.addEventListener("change", go);
  range.addEventListener("keydown", (event) => {
    const day = step(event.key);
    if (day === undefined) return;
    event.preventDefault();
    range.value = day;
    say();
    // Several presses in a row are one move.
    clearTimeout(late);
    late = setTimeout(go, 700);
  });
  if (location.hash === "#asof") range.focus({ preventScroll: true });
}
