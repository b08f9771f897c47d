// One message at a time at the bottom left: what happened, and Undo. It waits while someone is on it.
import { announce } from "./announce.js";
import { onContent } from "./server.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let leaving;

export function toast(content) {
  const area = document.querySelector("[data-toasts]");
  if (!area) return;
  area.replaceChildren(content);
  start(content);
}

// A message that a module makes itself, without Undo.
export function say(text, { bad = false } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  toast(box);
}

export function undoLast() {
  const form = document.querySelector(".toast form[data-undo]");
  form?.requestSubmit();
  return Boolean(form);
}

function start(box) {
  box.dataset.seen = "1";
  announce(box.querySelector("p")?.textContent.trim() ?? "", { urgent: box.matches(".bad") });
  const seconds = Number(box.dataset.seconds || 10) * (calm.matches ? 2 : 1);
  const run = () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => box.remove(), seconds * 1000);
  };
  const wait = () => clearTimeout(leaving);
  box.addEventListener("pointerenter", wait);
  box.addEventListener("focusin", wait);
  box.addEventListener("pointerleave", run);
  box.addEventListener("focusout", run);
  box.querySelector("[data-close]")?.addEventListener("click", () => box.remove());
  if (!box.matches(".stays")) run();
}

onContent((root) => {
  for (const template of root.querySelectorAll("template[data-toast]")) {
    const box = template.content.firstElementChild;
    template.remove();
    if (box) toast(box);
  }
  const shown = root.querySelector("[data-toasts] .toast:not([data-seen])");
  if (shown) start(shown);
});
