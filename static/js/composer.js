// The composer: sends without leaving the page, or lets it wait where there is no connection, previews in place, takes files by pick, paste and drop, answers and quotes.
import { announce } from "./announce.js";
import { away } from "./connection.js";
import { forget, keep, restore } from "./drafts.js";
import { busy, idle } from "./forms.js";
import { onKey } from "./keys.js";
import { isAway, mustWait, put } from "./outbox.js";
import { bring, chipsOf, clear, coming, lost, takeFiles, whenHere } from "./picking.js";
import { onContent, post, told, transmit } from "./server.js";
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
  } else if (away()) {
    event.preventDefault(); // the next page could not come
    notSent(form, form.dataset.away);
  } else {
    forget(form); // the server keeps its copy until the discussion is there
  }
}

// --- Sending --------------------------------------------------------------------------------------------------------

async function send(form) {
  if (!form.reportValidity()) return;
  if (held(form)) return;
  form.querySelector("[data-not-sent]").hidden = true;
  const message = messageOf(form);
  if (mustWait(message.action) && hold(form, message)) return;
  busy(form, form.querySelector("button.primary"));
  const answer = await transmit(message.action, message.fields);
  idle(form);
  if (answer.status === 201) {
    free(form);
    arrived(answer.html, true);
  } else if (answer.status === 429 || !isAway(answer) || !hold(form, message, answer.left))
    notSent(form, reasonOf(form, told(answer.html)));
}

const messageOf = (form) => ({
  action: new URL(form.action).pathname,
  place: form.dataset.composer,
  title: document.querySelector("h1").textContent.trim(),
  fields: [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && value.size !== 0),
  chips: chipsOf(form),
});

function hold(form, message, left) {
  if (!put(message, left)) return false;
  free(form);
  announce(document.querySelector("template[data-waiting]").dataset.words);
  return true;
}

// What is picked is sent along: it is waited for, and what did not arrive is to be looked at first.
function held(form) {
  if (lost(form)) notSent(form, lost(form));
  else if (!coming(form)) return false;
  else whenHere(form);
  return true;
}

// The composer is there for the next message.
function free(form) {
  form.elements.body.value = "";
  form.elements.idempotency_key.value = crypto.randomUUID();
  answer(form, null);
  forget(form);
  clear(form);
  hidePreview(form);
}

export function arrived(html, own = false) {
  document.dispatchEvent(new CustomEvent("mainstay:message", { detail: { html, own } }));
  const box = document.createElement("template");
  box.innerHTML = html;
  const waiting = box.content.querySelector("[data-held]");
  if (waiting) document.getElementById("held")?.replaceChildren(waiting);
  const undo = box.content.querySelector("template[data-toast]")?.content.firstElementChild;
  if (undo) toast(undo);
}

const bodyOf = ({ fields }) => Object.fromEntries(fields).body.replaceAll("\r", "").trim();
const holds = (form, message) => form.elements.body.value.trim() === bodyOf(message);

// The draft of a message that waits, or is sent: a reload may have brought it back.
export function freeOf(form, message) {
  if (holds(form, message)) free(form);
}

// What is to be written anew, before what was begun here since; with the reason where it was refused.
export function putBack(form, message) {
  const { body, reply_to: to } = form.elements;
  const said = Object.fromEntries(message.fields);
  const begun = body.value.trim();
  if (!holds(form, message)) body.setRangeText(begun ? `${bodyOf(message)}\n\n` : bodyOf(message), 0, 0);
  const choice = form.querySelector(`[name=team][type=radio][value="${said.team}"]`);
  if (choice && !begun) choice.checked = true;
  const link = said.reply_to && !to?.value && document.querySelector(`[data-reply="${said.reply_to}"]`);
  if (link) name(form, link);
  bring(form, message.chips);
  keep(form, true);
  if (message.refused) notSent(form, reasonOf(form, message));
  else body.focus();
}

function notSent(form, why) {
  const box = form.querySelector("[data-not-sent]");
  box.querySelector("[data-why]").textContent = why;
  box.hidden = false;
}

function reasonOf(form, { why, forum }) {
  if (forum) form.elements.forum.value = forum; // it was said where this would go now
  return why;
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
  if (!field) return;
  name(form, link);
  if (!link) return;
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

function name(form, link) {
  const chip = form.querySelector("[data-answering]");
  const words = chip.querySelector(".ell");
  form.elements.reply_to.value = link?.dataset.reply ?? link?.dataset.quote ?? "";
  chip.hidden = !link;
  if (link) words.textContent = words.dataset.words.replace("%s", link.dataset.name);
}
