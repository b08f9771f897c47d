// <details class="menu">: closes by Esc, outside press, or when focus leaves; arrows move within.
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

// Copy: <button data-copy="text"> or data-copy-link="/path" (made absolute).
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy], [data-copy-link]");
  if (!button) return;
  const { copy, copyLink } = button.dataset;
  const { say } = await import("./toast.js");
  try {
    await navigator.clipboard.writeText(copy ?? new URL(copyLink, location.href).href);
    say(button.dataset.copied ?? "Copied");
  } catch {
    say(copy ?? new URL(copyLink, location.href).href);
  }
});
