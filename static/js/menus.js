// <details class="menu">: closes by Esc, outside press, or when focus leaves; arrows move within.
import { may } from "./reveal.js";

const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("pointerdown", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false;
});

document.addEventListener("focusin", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (!menu?.open) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-pop :is(a[href], button:not([disabled]))")].filter((item) =>
    item.checkVisibility(),
  );
  const here = items.indexOf(document.activeElement);
  items.at(here < 0 ? (step > 0 ? 0 : -1) : (here + step) % items.length)?.focus();
});

// A press on something in a menu that stays on this page closes it.
document.addEventListener("click", ({ target }) => {
  const item = target.closest(".menu-pop :is(button, a[href^='#'])");
  if (item && !item.closest("[data-stay-open]")) item.closest("details.menu").open = false;
});

// A list whose rows have the same menu brings it once: <a data-menu="ID of a template">, without a script a link to a page, becomes
// the row's own menu when it is first opened. See forums/_post_menu.html for what a template may ask of its row.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-menu]");
  const template = link && document.getElementById(link.dataset.menu);
  if (!template) return;
  event.preventDefault();
  const menu = menuOf(link, template);
  link.replaceWith(menu);
  menu.querySelector("summary").focus();
});

function menuOf(link, template) {
  const summary = Object.assign(document.createElement("summary"), { className: link.className });
  summary.setAttribute("aria-label", link.getAttribute("aria-label"));
  summary.append(...link.childNodes);
  const pop = Object.assign(document.createElement("div"), { className: "menu-pop start" });
  pop.append(itemsFor(link.closest("[data-here]"), template));
  const menu = Object.assign(document.createElement("details"), { className: "menu", open: true });
  menu.append(summary, pop);
  return menu;
}

export function itemsFor(row, template) {
  const { here, name, author, writes, post: id } = row.dataset;
  const told = { here, name, id, link: row.querySelector(".time")?.getAttribute("href") ?? here };
  const is = new Set(row.dataset.is.split(" "));
  const items = template.content.cloneNode(true);
  for (const item of items.querySelectorAll("*")) {
    const when = item.dataset?.when?.split(" ") ?? [];
    const unless = item.dataset?.unless?.replace("@author", author);
    const only = item.dataset?.only?.replace("@author", author).replace("@writes", writes).split(" ");
    if (
      !when.every((word) => (word[0] === "!" ? !is.has(word.slice(1)) : is.has(word))) ||
      (only && !only.some((word) => may.has(word))) ||
      (unless && may.has(unless))
    ) {
      item.remove();
      continue;
    }
    item.removeAttribute("data-only");
    item.removeAttribute("data-unless");
    for (const { name: key, value } of [...item.attributes])
      if (value.includes("{"))
        item.setAttribute(
          key,
          value.replace(/\{(\w+)\}/g, (_, word) => told[word]),
        );
  }
  return items;
}

// Copy: <button data-copy="text"> or data-copy-link="/path" (made absolute).
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-copy-link]");
  if (!button) return;
  if (button.matches("a")) event.preventDefault();
  copy(button);
});

export async function copy(button) {
  const { copy, copyLink } = button.dataset;
  const { say } = await import("./toast.js");
  try {
    await navigator.clipboard.writeText(copy ?? new URL(copyLink, location.href).href);
    say(button.dataset.copied ?? "Copied");
  } catch {
    say(copy ?? new URL(copyLink, location.href).href);
  }
}
