// Ctrl K, or a link with data-palette: where to go, by name, from the server. Without it the link is one to the search page.
import Combobox from "@github/combobox-nav";
import { announce } from "./announce.js";
import { part } from "./server.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("[name=q]");
const list = dialog?.querySelector("[role=listbox]");
const options = () => [...list.querySelectorAll("[role=option]")];
let combobox;
let asked = 0;
let waiting = 0;

function open() {
  if (dialog.open) return;
  combobox ??= new Combobox(input, list, { firstOptionSelectionMode: "selected", tabInsertsSuggestions: false });
  dialog.showModal();
  input.select();
  combobox.start();
  ask();
}

// Only the newest answer counts, however late an older one is.
async function ask() {
  const told = new URLSearchParams({ q: input.value, ...(dialog.dataset.in && { in: dialog.dataset.in }) });
  const mine = ++asked;
  const html = await part(`/search/palette?${told}`);
  if (html === null || mine !== asked) return;
  list.innerHTML = html;
  for (const [n, option] of options().entries()) option.id = `jump-to-${n}`;
  list.scrollTop = 0;
  combobox.resetSelection();
  if (input.value) announce(dialog.dataset.found.replace("%(n)s", options().length));
}

if (dialog) {
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
  list.addEventListener("click", () => dialog.close());
  // The event comes late: by then it may be open again.
  dialog.addEventListener("close", () => {
    if (!dialog.open) combobox.stop();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-palette]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  // In a composer with words selected it makes a link of them.
  addEventListener(
    "keydown",
    (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      const { selectionStart, selectionEnd, form } = event.target;
      if (form?.matches(".composer") && selectionStart !== selectionEnd) return;
      event.preventDefault();
      event.stopPropagation();
      open();
    },
    true,
  );
}
