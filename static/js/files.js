// A folder's list: what is beside it follows the row that was pressed; news waits as a pill and never moves a row.
import { announce } from "./announce.js";
import { onContent } from "./server.js";
import { watch } from "./watching.js";

const wide = matchMedia("(min-width: 1101px)");
const aside = () => document.querySelector("[data-file-aside]");

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-library] a[data-aside]");
  const row = link?.closest("tr");
  if (!link || !aside() || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || row.matches(".is-on")) return;
  event.preventDefault();
  const answer = await fetch(link.dataset.aside).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  aside().innerHTML = await answer.text();
  document.querySelector("[data-library] .is-on")?.classList.remove("is-on");
  row.classList.add("is-on");
  document.dispatchEvent(new CustomEvent("mainstay:content"));
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-library] tr[data-item]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!row || !event.target.matches("a")) return;
  if (event.key === " " && event.target.matches("[data-aside]")) {
    event.preventDefault();
    event.target.click();
  }
  if (!step) return;
  event.preventDefault();
  const rows = [...document.querySelectorAll("[data-library] tr[data-item]")];
  rows[rows.indexOf(row) + step]?.querySelector("a")?.focus();
});

// Another person's file: say so, move nothing. Our own are shown by upload.js.
const list = document.querySelector("[data-library]");
if (list) {
  watch({ workspace: list.dataset.workspace }, { events: ["file.added"], hear, catchUp: compare, poll: compare });
}

function hear(_name, { folder, changed_by: by }) {
  if (folder === list.dataset.folder && by.id !== document.body.dataset.me) tell();
}

async function compare() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const known = files(document);
  if (files(page).some((id) => !known.includes(id))) tell();
  return true;
}

const files = (page) => [...page.querySelectorAll("[data-library] [data-file]")].map((row) => row.dataset.file);

function tell() {
  const pill = document.querySelector("[data-files-news]");
  if (!pill.hidden) return;
  pill.hidden = false;
  announce(pill.textContent.trim());
}

// A link to a part of the page that is folded away opens it.
function unfold() {
  const wanted = document.getElementById(location.hash.slice(1));
  if (wanted?.matches("details")) wanted.open = true;
}

addEventListener("hashchange", unfold);
onContent(unfold);
