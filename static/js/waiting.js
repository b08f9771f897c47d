// What waits on this device, shown where it was written and under Drafts; what comes of it; and what signing out would take away.
import { arrived, freeOf, putBack } from "./composer.js";
import { flush, kept, take } from "./outbox.js";
import { onContent } from "./server.js";
import { say } from "./toast.js";

const outbox = document.getElementById("outbox");
let signedOut = false;

const composerOf = ({ place }) => document.querySelector(`form.composer[data-composer="${place}"]`);

function show() {
  for (const template of document.querySelectorAll("template[data-waiting]")) {
    const { waiting, place } = template.dataset;
    fill(
      document.getElementById(waiting),
      template,
      kept().filter((entry) => !place || entry.place === place),
    );
  }
  for (const entry of kept()) if (composerOf(entry)) meet(composerOf(entry), entry);
}

// Waiting and begun are not both: what waits leaves the composer, what was refused comes back to it.
async function meet(form, entry) {
  if (!entry.refused) return freeOf(form, entry);
  if (await take(entry.slot)) putBack(form, entry);
}

function fill(list, template, entries) {
  const stand = JSON.stringify([entries, signedOut]);
  if ((list.dataset.stand ?? "[[],false]") === stand) return;
  list.dataset.stand = stand;
  const focused = document.activeElement?.closest("[data-waits]")?.dataset.waits;
  for (const item of list.querySelectorAll("[data-waits]")) item.remove();
  list.append(...entries.map((entry) => itemOf(template, entry)));
  list.querySelector(`[data-waits="${focused}"] button:not([hidden])`)?.focus();
  const around = list.closest("[data-on-device]");
  if (!around) return;
  around.hidden = !entries.length;
  for (const empty of document.querySelectorAll("[data-no-draft]")) empty.hidden = Boolean(entries.length);
}

function itemOf(template, entry) {
  const item = template.content.firstElementChild.cloneNode(true);
  const said = Object.fromEntries(entry.fields);
  const stuck = entry.refused || signedOut;
  const fixed = entry.tried && !entry.refused; // it may have arrived: only its key can tell
  const set = (name, values) => {
    for (const part of item.querySelectorAll(`[data-${name}]`)) Object.assign(part, values);
  };
  item.dataset.waits = entry.slot;
  set("text", { textContent: said.body });
  set("title", { textContent: entry.title, href: `${entry.action.replace(/\/posts$/, "")}#reply` });
  set("team-only", { hidden: said.team !== "1" });
  set("state", { hidden: Boolean(stuck) });
  set("stuck", { hidden: !stuck });
  set("why", { textContent: entry.refused ? entry.why : outbox.dataset.out });
  set("edit", { hidden: Boolean(fixed || !composerOf(entry)) });
  set("drop", { hidden: Boolean(fixed) });
  return item;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-waits] button");
  if (!button) return;
  const item = button.closest("[data-waits]");
  if ("copy" in button.dataset) {
    await navigator.clipboard?.writeText(item.querySelector("[data-text]").textContent);
    return say(outbox.dataset.copied);
  }
  const entry = await take(item.dataset.waits);
  const form = entry && composerOf(entry);
  if (!form) return;
  if ("edit" in button.dataset) putBack(form, entry);
  form.elements.body.focus();
});

document.addEventListener("mainstay:settled", ({ detail: { entry, html } }) => {
  const form = composerOf(entry);
  const words = outbox.dataset;
  if (entry.refused && !form) say(words.refused.replace("%(title)s", entry.title).replace("%(why)s", entry.why), { bad: true });
  if (entry.refused) return;
  if (!form) return say(words.sent.replace("%(title)s", entry.title));
  freeOf(form, entry);
  arrived(html);
});

document.addEventListener("mainstay:signed-out", () => {
  signedOut = true;
  say(outbox.dataset.out, { bad: true });
  show();
});

// Signing out takes away what is on the device.
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.getAttribute("action") !== "/sign-out" || !kept().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(event.target);
  },
  true,
);

function ask(form) {
  const dialog = outbox.content.firstElementChild.cloneNode(true);
  dialog.querySelector("[data-n]").textContent = kept().length;
  dialog.querySelector("[data-leave]").addEventListener("click", () => form.submit());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("mainstay:outbox", show);
if (outbox) {
  onContent(show);
  flush();
}
