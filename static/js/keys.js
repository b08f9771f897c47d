// Single keys, never in a field, off with <html data-keys="off">. Modules add theirs with onKey().
//   j k    next, previous [data-item]          o Enter  open it
//   / n r c .   press the visible [data-key="/"] … of the page, or focus it if it is a field
//   g h    follow [data-go="h"]
import { undoLast } from "./toast.js";

const actions = new Map();
let going = 0;

export const onKey = (key, run) => actions.set(key, run);

const visible = (element) => element.checkVisibility();
const typing = (element) =>
  element.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], dialog[open]");

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.documentElement.dataset.keys === "off" || typing(target)) {
    if (key === "Escape" && target.matches?.("input[type=search]")) target.blur();
    return;
  }
  if (going && Date.now() - going < 1500) {
    going = 0;
    if (follow(`[data-go="${CSS.escape(key)}"]`)) event.preventDefault();
    return;
  }
  const run = actions.get(key) ?? (() => press(key));
  if (run(event)) event.preventDefault();
});

function press(key) {
  if (key.length !== 1) return false;
  return follow(`[data-key="${CSS.escape(key)}"]`);
}

function follow(selector) {
  const element = [...document.querySelectorAll(selector)].find(visible);
  if (!element) return false;
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
  return true;
}

function move(step) {
  const items = [...document.querySelectorAll("[data-item]")].filter(visible);
  if (!items.length) return false;
  const here = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[here < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(here + step, 0), items.length - 1)];
  const target = next.matches("a, button, [tabindex]") ? next : (next.querySelector("a[href], button") ?? next);
  if (target === next && !next.matches("a, button, [tabindex]")) next.tabIndex = -1;
  target.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function open() {
  const item = document.activeElement?.closest("[data-item]");
  const link = item?.matches("a") ? item : item?.querySelector("a[href]");
  link?.click();
  return Boolean(link);
}

onKey("j", () => move(1));
onKey("k", () => move(-1));
onKey("o", open);
onKey("z", undoLast);
onKey("?", () => {
  document.getElementById("keys")?.showModal();
  return true;
});
onKey("g", () => {
  going = Date.now();
  return true;
});
