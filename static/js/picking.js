// Files of the composer: picked, pasted or dropped, each goes up at once and is kept with the draft, so that a reload or another device has
// it. A picture that was pasted or dropped is shown where the cursor was; the browser's undo takes it out of the words again.
import { announce } from "./announce.js";
import { keep } from "./drafts.js";
import { busy, idle } from "./forms.js";
import { csrfHeaders, post } from "./server.js";

const area = (form) => form.querySelector("[data-files]");

export function takeFiles(form) {
  const input = form.querySelector("[data-picked]");
  if (!input) return;
  form.querySelector("[data-attach]")?.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    pick(form, [...input.files], false);
    input.value = "";
  });
  form.addEventListener("paste", (event) => {
    // Spreadsheets and the like bring a picture beside their text: the text is meant.
    if (!event.clipboardData.files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    pick(form, [...event.clipboardData.files], true);
  });
  form.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    pick(form, [...event.dataTransfer.files], true);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop]");
    if (!button) return;
    event.preventDefault();
    drop(form, button);
  });
}

export const coming = (form) => area(form)?.querySelector("[data-coming]");

// What there is to say of those that did not arrive, if there are any.
export const lost = (form) => (area(form)?.querySelector(".bad") ? area(form).dataset.lost : "");

// Send it as soon as everything is here.
export function whenHere(form) {
  busy(form);
  form.dataset.whenHere = "1";
}

function settled(form, sends) {
  if (!("whenHere" in form.dataset) || (sends && coming(form))) return;
  delete form.dataset.whenHere;
  idle(form);
  if (sends) form.requestSubmit();
}

export const chipsOf = (form) => [...(area(form)?.querySelectorAll(".up") ?? [])].map(({ outerHTML }) => outerHTML);

// Files of a message that is to be written anew; a reload may have brought them already.
export function bring(form, chips = []) {
  for (const html of chips) {
    const box = document.createElement("template");
    box.innerHTML = html;
    const { value } = box.content.querySelector("[name=picked]");
    if (!area(form).querySelector(`[name=picked][value="${value}"]`)) area(form).append(box.content);
  }
}

export function clear(form) {
  for (const chip of area(form)?.querySelectorAll(".up") ?? []) chip.remove();
}

function pick(form, files, shown) {
  for (const file of files) {
    const chip = form.querySelector("template[data-chip]").content.firstElementChild.cloneNode(true);
    const named = called(file);
    chip.querySelector(".ell").textContent = named.name;
    const remove = chip.querySelector("[data-cancel]");
    remove.setAttribute("aria-label", remove.getAttribute("aria-label").replace("%s", named.name));
    const words = shown && file.type.startsWith("image/") ? `![${plain(named.name)}…]()` : "";
    if (words) insert(form, `${words}\n`);
    area(form).append(chip);
    send(form, chip, named, words);
  }
}

// What is pasted is called "image.png" each time.
function called(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const stamp = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return new File([file], `${stamp}.${file.name.split(".").pop()}`, { type: file.type });
}

const plain = (name) => name.replaceAll("[", "").replaceAll("]", "");

function send(form, chip, file, words) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.set("place", form.dataset.composer);
  body.append("files", file, file.name);
  const bar = chip.querySelector("progress");
  const again = chip.querySelector("[data-again]");
  const said = chip.querySelector("[data-why]");
  again.hidden = said.hidden = true;
  chip.classList.remove("bad");
  bar.hidden = false;
  bar.removeAttribute("value");
  request.upload.onprogress = ({ loaded, total }) => {
    bar.value = (loaded / total) * 100;
  };
  request.onload = () =>
    request.status === 201 ? arrived(form, chip, request.responseText, words) : failed(request.responseText);
  request.onerror = () => failed("");
  request.open("POST", area(form).dataset.keepAt);
  for (const [name, value] of Object.entries({ ...csrfHeaders(), "HX-Request": "true" })) request.setRequestHeader(name, value);
  request.send(body);
  chip.querySelector("[data-cancel]").onclick = () => {
    request.abort();
    replace(form, `${words}\n`, "");
    chip.remove();
    form.elements.body.focus();
    settled(form, true);
  };

  function failed(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    const why = box.content.querySelector("main p, p")?.textContent.trim() || area(form).dataset.failed;
    bar.hidden = true;
    said.textContent = why;
    said.hidden = false;
    chip.classList.add("bad");
    settled(form, false);
    announce(why, { urgent: true });
    again.hidden = false;
    again.onclick = () => send(form, chip, file, words);
  }
}

function arrived(form, chip, html, words) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const kept = box.content.querySelector(".up");
  chip.replaceWith(kept);
  if (words) replace(form, words, kept.dataset.words ?? "");
  announce(kept.querySelector(".ell").textContent);
  if (!lost(form)) form.querySelector("[data-not-sent]").hidden = true;
  settled(form, true);
}

function drop(form, button) {
  const chip = button.closest(".up");
  if (chip.dataset.words) replace(form, chip.dataset.words, "");
  chip.remove();
  post(button.formAction, new FormData()).catch(() => {});
  form.querySelector("[data-attach]")?.focus();
}

// Both are typed for the writer, so that undoing works as with every other word.
function insert(form, text) {
  form.elements.body.focus();
  if (!document.execCommand("insertText", false, text)) form.elements.body.setRangeText(text);
  keep(form);
}

function replace(form, was, text) {
  const { body } = form.elements;
  const at = was.trim() ? body.value.indexOf(was) : -1;
  if (at < 0) return;
  const { selectionStart: from, selectionEnd: to } = body;
  const moved = (place) => (place <= at ? place : Math.max(at, place + text.length - was.length));
  const before = document.activeElement;
  body.focus();
  body.setSelectionRange(at, at + was.length);
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) body.setRangeText(text);
  body.setSelectionRange(moved(from), moved(to));
  if (before !== body) before?.focus?.();
  keep(form);
}
