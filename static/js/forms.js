// Buttons keep their width and show data-busy while their form is on its way; a second press is ignored.
import { onContent } from "./server.js";

const idleFace = new WeakMap();

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // A later listener may still stop it.
    setTimeout(() => {
      if (!event.defaultPrevented || form.matches("[hx-post],[hx-get],[hx-put],[hx-patch],[hx-delete]")) busy(form, submitter);
    });
  },
  true,
);

document.addEventListener("htmx:finally:request", ({ target }) => idle(target.closest?.("form") ?? target));
// Back to a page that the browser kept: nothing is on its way any more.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form[data-sending]").forEach(idle);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button.primary:not([disabled])") ?? undefined);
});

// After a refused form the summary has the focus. Where the same words stand at several fields, it names the fields.
onContent((root) => {
  const summary = root.querySelector(".errors[tabindex]:not([data-seen])");
  if (!summary) return;
  const links = [...summary.querySelectorAll('a[href^="#f-"]')];
  for (const words of links.map((link) => link.textContent)) {
    const alike = links.filter((link) => link.textContent === words);
    if (alike.length > 1) for (const link of alike) link.prepend(labelOf(link.hash));
  }
  summary.focus();
});

function labelOf(hash) {
  const control = document.getElementById(hash.slice(1));
  const label = control?.closest("fieldset")?.querySelector("legend") ?? control?.labels?.[0];
  const words = label?.firstChild?.textContent.trim();
  return words ? `${words}: ` : "";
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.(".errors")) target.dataset.seen = "1";
});

export function busy(form, button = form.querySelector("button.primary, button[type=submit]")) {
  if (form.method === "get" || form.method === "dialog") return;
  form.dataset.sending = "1";
  if (!button?.matches?.("button")) return;
  button.style.minWidth = `${button.offsetWidth}px`;
  button.setAttribute("aria-busy", "true");
  const words = button.dataset.busy;
  if (!words) return;
  idleFace.set(button, [...button.childNodes]);
  button.textContent = words;
}

export function idle(form) {
  if (!form?.matches?.("form")) return;
  delete form.dataset.sending;
  for (const button of form.querySelectorAll('[aria-busy="true"]')) {
    button.removeAttribute("aria-busy");
    button.style.minWidth = "";
    if (idleFace.has(button)) button.replaceChildren(...idleFace.get(button));
  }
}
