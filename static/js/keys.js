// Single keys, never in a field, off with <html data-keys="off">. Modules add theirs with onKey().
//   j k    next, previous [data-item]          o Enter  open it          x  select it: its checkbox
//   / n r c . e u   press the visible [data-key="/"] … of the item one is in, else of the page; a field is focused
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
    if (follow(`[data-go="${CSS.escape(key)}"]`) || elsewhere(`g ${key}`)) event.preventDefault();
    return;
  }
  const run = actions.get(key) ?? (() => press(key));
  if (run(event)) event.preventDefault();
});

function press(key) {
  if (key.length !== 1 && !key.startsWith("Arrow")) return false;
  const named = CSS.escape(key);
  return follow(`[data-item-key="${named}"]`, item()) || follow(`[data-key="${named}"]`) || elsewhere(key);
}

// What a page does not have is done where it is: the list of keys names the address.
function elsewhere(keys) {
  const address = document.querySelector(`#keys [data-keys="${CSS.escape(keys)}"]`)?.dataset.else;
  if (address) location.assign(address);
  return Boolean(address);
}

const item = () => document.activeElement?.closest("[data-item]");

function follow(selector, within = document) {
  const element = [...(within?.querySelectorAll(selector) ?? [])].find(visible);
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
  const here = item();
  const link = here?.matches("a") ? here : here?.querySelector("a[href]");
  link?.click();
  return Boolean(link);
}

onKey("j", () => move(1));
onKey("k", () => move(-1));
onKey("o", open);
onKey("z", undoLast);
onKey("x", () => {
  const box = item()?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
});
onKey("?", () => {
  document.getElementById("keys")?.showModal();
  return true;
});
// The list says what works on this page: what there is nothing for here is left out.
document.getElementById("keys")?.addEventListener("beforetoggle", ({ currentTarget }) => {
  for (const row of currentTarget.querySelectorAll("[data-for]"))
    row.hidden = !row.dataset.else && !document.querySelector(row.dataset.for);
});
onKey("g", () => {
  going = Date.now();
  return true;
});
