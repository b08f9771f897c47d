// The composer: sends without leaving the page, previews in place, takes files by pick, paste and drop, answers and quotes.
import { forget, keep, restore } from "./drafts.js";
import { busy, idle } from "./forms.js";
import { onKey } from "./keys.js";
import { clear, coming, lost, takeFiles, whenHere } from "./picking.js";
import { csrfHeaders, onContent, post } from "./server.js";
import { say, toast } from "./toast.js";

const composer = () => document.querySelector("form.composer[data-composer]");

onContent((root) => {
  for (const form of root.querySelectorAll("form[data-composer]:not([data-ready])")) {
    form.dataset.ready = "1";
    restore(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("submit", (event) => submit(event, form));
    takeFiles(form);
  }
});

function submit(event, form) {
  if (event.submitter?.matches("[data-preview]")) {
    event.preventDefault();
    preview(form, event.submitter);
  } else if (document.getElementById("messages")) {
    event.preventDefault();
    send(form);
  } else if (held(form)) {
    event.preventDefault();
  } else {
    forget(form); // the server keeps its copy until the discussion is there
  }
}

// --- Sending --------------------------------------------------------------------------------------------------------

function send(form) {
  if (!form.reportValidity()) return;
  if (held(form)) return;
  const button = form.querySelector("button.primary");
  form.querySelector("[data-not-sent]").hidden = true;
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  busy(form, button);
  request.open("POST", form.action);
  for (const [name, value] of Object.entries({ ...csrfHeaders(), "HX-Request": "true" })) request.setRequestHeader(name, value);
  request.onload = () => (request.status === 201 ? sent(form, request.responseText) : notSent(form, words(request)));
  request.onerror = () => notSent(form, "");
  request.onloadend = () => idle(form);
  request.send(body);
}

// What is picked is sent along: it is waited for, and what did not arrive is to be looked at first.
function held(form) {
  if (lost(form)) notSent(form, lost(form));
  else if (!coming(form)) return false;
  else whenHere(form);
  return true;
}

function sent(form, html) {
  idle(form);
  form.elements.body.value = "";
  form.elements.idempotency_key.value = crypto.randomUUID();
  answer(form, null);
  forget(form);
  clear(form);
  hidePreview(form);
  document.dispatchEvent(new CustomEvent("mainstay:message", { detail: { html, own: true } }));
  const box = document.createElement("template");
  box.innerHTML = html;
  const undo = box.content.querySelector("template[data-toast]")?.content.firstElementChild;
  if (undo) toast(undo);
}

function notSent(form, why) {
  const box = form.querySelector("[data-not-sent]");
  box.querySelector("[data-why]").textContent = why;
  box.hidden = false;
}

function words(request) {
  const box = document.createElement("template");
  box.innerHTML = request.responseText;
  const forum = box.content.querySelector("[data-forum]")?.dataset.forum;
  if (forum) composer().elements.forum.value = forum; // it was said where this would go now
  return box.content.querySelector("p")?.textContent.trim() ?? "";
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy-text]");
  if (!button) return;
  await navigator.clipboard?.writeText(button.closest("form").elements.body.value);
  say(button.textContent);
});

// --- Preview --------------------------------------------------------------------------------------------------------

async function preview(form, button) {
  if (button.getAttribute("aria-pressed") === "true") return hidePreview(form);
  const body = new FormData();
  body.set("body", form.elements.body.value);
  const reply = await post(button.formAction, body).catch(() => null);
  if (!reply?.ok) return;
  const pane = form.querySelector("[data-preview-pane]");
  pane.innerHTML = await reply.text();
  pane.hidden = false;
  form.elements.body.hidden = true;
  button.setAttribute("aria-pressed", "true");
}

function hidePreview(form) {
  const button = form.querySelector("[data-preview]");
  if (!button) return;
  form.querySelector("[data-preview-pane]").hidden = true;
  form.elements.body.hidden = false;
  button.setAttribute("aria-pressed", "false");
}

// --- Answering and quoting ------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-reply], [data-quote], [data-answer-nobody]");
  const form = composer();
  if (!link || !form) return;
  event.preventDefault();
  if ("answerNobody" in link.dataset) answer(form, null);
  else answer(form, link, "quote" in link.dataset ? said(link) : "");
});

onKey("r", () => {
  const form = composer();
  if (!form) return false;
  const selection = getSelection();
  const message = selection.anchorNode?.parentElement?.closest("[data-post]");
  const link = message?.querySelector("[data-reply]:not([hidden])");
  if (link && String(selection).trim()) answer(form, link, String(selection));
  else form.elements.body.focus();
  return true;
});

function said(link) {
  return link.closest("[data-post]").querySelector(".msg-body").innerText;
}

function answer(form, link, quote = "") {
  const { reply_to: field, body } = form.elements;
  const chip = form.querySelector("[data-answering]");
  if (!field) return;
  field.value = link?.dataset.reply ?? link?.dataset.quote ?? "";
  chip.hidden = !link;
  if (!link) return;
  const name = chip.querySelector(".ell");
  name.textContent = name.dataset.words.replace("%s", link.dataset.name);
  const team = form.querySelector('.tn input[type="radio"]');
  if (team && link.closest(".internal")) team.checked = true;
  if (quote) {
    const lines = quote
      .trim()
      .split("\n")
      .map((line) => `> ${line}`.trimEnd());
    body.value = `${body.value ? `${body.value.trimEnd()}\n\n` : ""}${lines.join("\n")}\n\n`;
    keep(form);
  }
  hidePreview(form);
  body.focus();
  body.setSelectionRange(body.value.length, body.value.length);
}
