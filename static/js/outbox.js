// What is sent while there is no connection waits on this device, one entry a message, and goes out in order when there is one again: once,
// for each keeps the key by which the server knows it. Tabs share what waits, and take turns to touch it. Nobody else's is looked at.
import { away, connection } from "./connection.js";
import { told, transmit } from "./server.js";

const { me } = document.body?.dataset ?? {};
const SLOT = `outbox:${me}:`;
const { late: LATE, gone: GONE } = document.getElementById("outbox")?.dataset ?? {};
const AGAIN = 10_000;
const KNOWN = 23 * 3600e3; // the server knows a key for a day
const AWAY = new Set([0, 429, 502, 503, 504]);
const OUT = new Set([400, 401]); // signed out, or somebody else signed in
let retry = 0;
let sending = false;

function read(slot) {
  try {
    return { ...JSON.parse(localStorage.getItem(slot)), slot };
  } catch {
    return {};
  }
}

function slots() {
  try {
    return me ? Object.keys(localStorage).filter((slot) => slot.startsWith(SLOT)) : [];
  } catch {
    return []; // a browser that keeps nothing
  }
}

// In the order in which they were written.
export const kept = () =>
  slots()
    .sort()
    .map(read)
    .filter(({ action }) => action);

const next = () => kept().find(({ refused }) => !refused);

const changed = () => document.dispatchEvent(new CustomEvent("mainstay:outbox"));

function write({ slot, ...entry }) {
  localStorage.setItem(slot, JSON.stringify(entry));
  changed();
}

function forget({ slot }) {
  localStorage.removeItem(slot);
  changed();
}

// One tab at a time. Without locks (no HTTPS) the keys alone see to it that nothing is said twice.
const alone = (act) => (navigator.locks ? navigator.locks.request(`outbox:${me}`, act) : act());

export const isAway = ({ status }) => AWAY.has(status);

// Whether a message from here would have to queue.
export const mustWait = (action) => away() || kept().some((each) => !each.refused && each.action === action);

// Keeps a message; false where the device has no room, or a file is in it. `left`: it may have arrived.
export function put(entry, left = false) {
  if (entry.fields.some(([, value]) => typeof value !== "string")) return false;
  try {
    write({ ...entry, slot: `${SLOT}${String(Date.now()).padStart(15, "0")}:${crypto.randomUUID()}`, tried: left && Date.now() });
  } catch {
    return false;
  }
  flush();
  return true;
}

// Takes a message out again, to be written anew or not at all; null where it is gone, or may have arrived.
export function take(slot) {
  return alone(() => {
    const entry = read(slot);
    if (!entry.action || (entry.tried && !entry.refused)) return null;
    forget(entry);
    return entry;
  });
}

export function flush() {
  clearTimeout(retry);
  if (sending || away() || !next()) return;
  sending = true;
  Promise.resolve(alone(sendAll))
    .catch(() => AGAIN)
    .then((wait) => {
      sending = false;
      if (wait) retry = setTimeout(flush, wait);
      else flush();
    });
}

// Resolves to when to try again; to 0 where all is settled.
async function sendAll() {
  for (let entry = next(); entry; entry = next()) {
    const late = entry.tried && Date.now() - entry.tried > KNOWN;
    const answer = late ? { status: 408, html: "" } : await send(entry);
    if (OUT.has(answer.status)) {
      document.dispatchEvent(new CustomEvent("mainstay:signed-out"));
      return 60 * AGAIN;
    }
    if (!late) connection(!isAway(answer));
    if (isAway(answer)) return Math.max(AGAIN, answer.retryAfter * 1000);
    const settled = { ...entry, refused: answer.status !== 201, ...told(answer.html) };
    if (late || answer.status === 404) settled.why = late ? LATE : GONE;
    if (settled.refused) write(settled);
    else forget(entry);
    document.dispatchEvent(new CustomEvent("mainstay:settled", { detail: { entry: settled, html: answer.html } }));
  }
  return 0;
}

async function send(entry) {
  write({ ...entry, tried: entry.tried || Date.now() }); // from now on it may have arrived, whatever becomes of this page
  const answer = await transmit(entry.action, entry.fields);
  const arrived = answer.left && answer.status !== 429;
  if (isAway(answer) && !arrived && !entry.tried) write(entry);
  return answer;
}

addEventListener("online", flush);
addEventListener("storage", ({ key }) => {
  if (key?.startsWith(SLOT)) changed();
});
document.addEventListener("mainstay:connected", flush);
