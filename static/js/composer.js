// The composer: sends without leaving the page, previews in place, takes files by pick, paste and drop, answers and quotes.
import { announce } from "./announce.js";
import { forget, keep, restore } from "./drafts.js";
import { busy, idle } from "./forms.js";
import { onKey } from "./keys.js";
import { csrfHeaders, onContent, post } from "./server.js";
import { say, toast } from "./toast.js";

const composer = () => document.querySelector("form.composer[data-composer]");
const file = (form) => form.querySelector("[data-picked]");

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
  } else {
    forget(form); // the server keeps its copy until the discussion is there
  }
}

// --- Sending --------------------------------------------------------------------------------------------------------

function send(form) {
  if (!form.reportValidity()) return;
  const button = form.querySelector("button.primary");
  form.querySelector("[data-not-sent]").hidden = true;
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  busy(form, button);
  request.open("POST", form.action);
  for (const [name, value] of Object.entries({ ...csrfHeaders(), "HX-Request": "true" })) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => progress(form, loaded / total);
  request.onload = () => (request.status === 201 ? sent(form, request.responseText) : notSent(form, words(request)));
  request.onerror = () => notSent(form, "");
  request.onloadend = () => idle(form);
  request.send(body);
}

function sent(form, html) {
  idle(form);
  form.elements.body.value = "";
  form.elements.idempotency_key.value = crypto.randomUUID();
  answer(form, null);
  forget(form);
  choose(form, []);
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
  progress(form, 0);
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

// --- Files ----------------------------------------------------------------------------------------------------------

function takeFiles(form) {
  const input = file(form);
  if (!input) return;
  form.querySelector("[data-attach]")?.addEventListener("click", () => input.click());
  input.addEventListener("change", () => choose(form, [...(form.picked ?? []), ...input.files]));
  form.addEventListener("paste", ({ clipboardData }) => {
    if (clipboardData.files.length) choose(form, [...(form.picked ?? []), ...clipboardData.files]);
  });
  form.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    choose(form, [...(form.picked ?? []), ...event.dataTransfer.files]);
  });
}

function choose(form, files) {
  const input = file(form);
  if (!input) return;
  const same = new Map(files.map((each) => [`${each.name}/${each.size}/${each.lastModified}`, each]));
  form.picked = [...same.values()];
  const carried = new DataTransfer();
  for (const each of form.picked) carried.items.add(each);
  input.files = carried.files;
  const area = form.querySelector("[data-files]");
  for (const chip of area.querySelectorAll(".up")) chip.remove();
  for (const each of form.picked) area.append(chipOf(form, each));
}

function chipOf(form, each) {
  const chip = form.querySelector("template[data-chip]").content.firstElementChild.cloneNode(true);
  chip.querySelector(".ell").textContent = each.name;
  const remove = chip.querySelector("button");
  remove.setAttribute("aria-label", remove.getAttribute("aria-label").replace("%s", each.name));
  remove.addEventListener("click", () => {
    choose(
      form,
      form.picked.filter((other) => other !== each),
    );
    form.querySelector("[data-attach]")?.focus();
  });
  return chip;
}

function progress(form, share) {
  for (const bar of form.querySelectorAll(".up progress")) {
    bar.hidden = !share;
    bar.value = share * 100;
  }
  if (share === 1 && form.picked?.length) announce(form.dataset.stored ?? "");
}
