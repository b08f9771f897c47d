// What is being written is kept: on this device after 300 ms, on the server after 2 s. The newer of the two is shown, the other offered.
import { post } from "./server.js";

const me = document.body?.dataset.me;
const pending = new WeakMap();

const slotOf = (form) => `draft:${me}:${form.dataset.composer}`;

export function forget(form) {
  clearTimeout(pending.get(form)?.local);
  clearTimeout(pending.get(form)?.server);
  localStorage.removeItem(slotOf(form));
  const said = form.querySelector("[data-saved]");
  if (said) said.textContent = "";
}

export function keep(form, now = false) {
  const timers = pending.get(form) ?? {};
  clearTimeout(timers.local);
  clearTimeout(timers.server);
  if (now) onDevice(form);
  timers.local = setTimeout(() => onDevice(form), 300);
  timers.server = setTimeout(() => onServer(form), 2000);
  pending.set(form, timers);
}

function written(form) {
  const team = form.querySelector("[name=team]:checked")?.value ?? form.querySelector("[name=team][type=hidden]")?.value ?? "0";
  return { body: form.elements.body.value, title: form.elements.title?.value ?? "", team };
}

function onDevice(form) {
  const draft = written(form);
  if (!draft.body && !draft.title) localStorage.removeItem(slotOf(form));
  else localStorage.setItem(slotOf(form), JSON.stringify({ ...draft, at: Date.now() }));
}

async function onServer(form) {
  if (form.dataset.sending) return;
  const body = new FormData();
  for (const [name, value] of Object.entries({ place: form.dataset.composer, ...written(form) })) body.set(name, value);
  try {
    const answer = await post("/me/drafts", body);
    const said = form.querySelector("[data-saved]");
    if (answer.ok && said) said.textContent = (await answer.text()).trim();
  } catch {
    // Offline: the device has it, and the next key tries again.
  }
}

export function restore(form) {
  const kept = read(form);
  if (!kept || "keep" in form.dataset) return;
  const shown = written(form);
  if (kept.body === shown.body && kept.title === shown.title) return;
  const onServerAt = Date.parse(form.dataset.savedAt || "") || 0;
  const newer = kept.at > onServerAt ? kept : shown;
  const other = newer === kept ? shown : kept;
  if (newer === kept) fill(form, kept);
  if (other.body || other.title) offer(form, other);
}

function offer(form, other) {
  const button = form.querySelector("[data-other-draft]");
  if (!button) return;
  button.hidden = false;
  button.onclick = () => {
    const now = written(form);
    fill(form, other);
    other = now;
    keep(form);
  };
}

function fill(form, draft) {
  form.elements.body.value = draft.body;
  if (form.elements.title) form.elements.title.value = draft.title;
  const choice = form.querySelector(`[name=team][type=radio][value="${draft.team}"]`);
  if (choice) choice.checked = true;
}

function read(form) {
  try {
    return JSON.parse(localStorage.getItem(slotOf(form)) ?? "null");
  } catch {
    return null;
  }
}
