// A discussion as it goes on: news arrive without moving what is being read, and what was seen is remembered.
import { announce } from "./announce.js";
import { onKey } from "./keys.js";
import { copy, itemsFor } from "./menus.js";
import { may as mine } from "./reveal.js";
import { csrfHeaders, part, post } from "./server.js";
import { onlySigns } from "./signs.js";
import { watch } from "./watching.js";

const list = document.getElementById("messages");
const pill = document.querySelector("[data-pill]");
let unseen = [];

// --- What comes -----------------------------------------------------------------------------------------------------

function hear(name, told) {
  if (name === "topic.moved") return follow(told);
  if (name === "answer.changed") return answered(told);
  if (told.topic !== list.dataset.topic) return;
  const known = document.getElementById(`p-${told.id}`);
  if (name === "post.created" && known) return;
  put(told.html, { name: told.author.name, own: told.author.id === document.body.dataset.me });
}

// The message that is the answer now, and the one that was.
function answered(told) {
  if (told.id !== list.dataset.topic) return;
  put(told.html);
  const answer = told.accepted_post;
  for (const badge of document.querySelectorAll("[data-answered]")) badge.hidden = !answer;
  for (const badge of document.querySelectorAll("[data-unanswered]")) badge.hidden = Boolean(answer);
  const jump = document.querySelector("[data-jump]");
  if (!jump) return;
  jump.hidden = !answer;
  jump.querySelector("a").href = `${jump.dataset.jump}?post=${answer}#p-${answer}`;
}

// What is being read stays; the strip leads to where the discussion is now. It may come from where one did not hear of it.
function follow(told) {
  if (told.id === list.dataset.topic) catchUp();
  const strip = document.querySelector("[data-went]");
  if (!strip || (told.id !== list.dataset.topic && told.was !== list.dataset.topic)) return;
  const link = strip.querySelector("a");
  link.href = told.url;
  strip.hidden = false;
  announce(link.textContent.trim());
}

document.addEventListener("mainstay:message", ({ detail }) => put(detail.html, detail));

function put(html, { name = "", own = false } = {}) {
  const box = document.createElement("template");
  box.innerHTML = html;
  for (const item of box.content.querySelectorAll("li[data-post]")) {
    const known = document.getElementById(item.id);
    if (known) swap(known, item);
    else add(item, name, own);
  }
  document.dispatchEvent(new CustomEvent("mainstay:content"));
}

// In place, and not while somebody is in it.
function swap(known, item) {
  if (onlySigns(known, item)) return;
  const selected = getSelection();
  const inUse =
    known.contains(document.activeElement) ||
    known.querySelector("details[open]") ||
    (!selected.isCollapsed && known.contains(selected.anchorNode));
  if (inUse) {
    document.addEventListener("focusout", () => setTimeout(() => known.isConnected && swap(known, item), 200), { once: true });
    return;
  }
  const time = known.querySelector(".msg-head .time");
  const fresh = item.querySelector(".msg-head .time");
  if (time && fresh) fresh.replaceChildren(...time.cloneNode(true).childNodes); // in the reader's own zone
  item.querySelector(".msg-body")?.classList.add("fresh");
  known.replaceWith(item);
  lookAgain(item);
}

function add(item, name, own) {
  const atBottom = innerHeight + scrollY > list.getBoundingClientRect().bottom + scrollY - 40;
  const writing = document.activeElement?.closest?.("form.composer");
  item.querySelector(".msg-body")?.classList.add("fresh");
  const later = [...list.children].at(-1);
  // What was missed and comes late stands where it was said.
  const at = (each) => each.querySelector(".msg-head .time time")?.dateTime ?? "";
  const next = at(item) && [...list.querySelectorAll("[data-post]")].find((each) => at(each) > at(item));
  const before = next || list.querySelector("[data-waits]"); // what waits comes after all that is there
  if (before) before.before(item);
  else list.append(item);
  if (later && writing && !own) scrollBy(0, item.offsetHeight);
  watchSeen(item);
  lookAgain(item);
  if (own) return item.scrollIntoView({ block: "nearest" });
  if (name) announce(list.dataset.by.replace("%(name)s", name));
  if (!atBottom) {
    unseen.push(item);
    count();
  }
}

function count() {
  unseen = unseen.filter((item) => item.isConnected && item.getBoundingClientRect().top > innerHeight - 60);
  if (!pill) return;
  pill.hidden = !unseen.length;
  const { newOne, newMany } = list.dataset;
  pill.querySelector("span").textContent = unseen.length === 1 ? newOne : newMany.replace("%(n)s", unseen.length);
}

pill?.querySelector("button")?.addEventListener("click", () => {
  const [first] = unseen;
  first?.scrollIntoView({ block: "start" });
  focusOn(first);
  unseen = [];
  count();
});
addEventListener("scroll", () => unseen.length && count(), { passive: true });

// A hidden message says nothing in a live event; who may see it asks for their own view.
async function lookAgain(item) {
  const silent = item.querySelector("[data-look-again]");
  if (!silent?.dataset.onlyLook.split(" ").some((word) => mine.has(word))) return;
  const answer = await part(silent.dataset.lookAgain);
  if (answer) put(answer);
}

// --- Away and back ---------------------------------------------------------------------------------------------------

const last = () => [...list.querySelectorAll("[data-post]")].at(-1)?.dataset.post;

async function poll() {
  const after = last();
  const url = `/api/v1/topics/${list.dataset.topic}/posts${after ? `?after=${after}` : ""}`;
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.ok && (await answer.json()).items.length) await catchUp();
  return answer.ok;
}

async function catchUp() {
  const asked = new Date(Date.now() - 1000).toISOString();
  const html = await part(`${list.dataset.path}/changes?since=${encodeURIComponent(list.dataset.since)}`);
  if (html === null) return;
  list.dataset.since = skewed(asked);
  put(html);
}

// The server's clock counts: the page was made at data-since, by which ours may be wrong.
const skew = list ? Date.parse(list.dataset.since) - Date.now() : 0;
const skewed = (moment) => new Date(Date.parse(moment) + skew).toISOString();

// --- Where one comes in, and what lies between -------------------------------------------------------------------------

async function arrive() {
  const named = location.hash.startsWith("#p-") && decodeURIComponent(location.hash.slice(1));
  if (named && !document.getElementById(named)) await unfold();
  if (named && !document.getElementById(named)) return elsewhere(named.slice(2));
  const target = named ? document.getElementById(named) : location.hash ? null : document.getElementById("new");
  target?.scrollIntoView({ block: named ? "center" : "start" });
  if (named) focusOn(target);
}

// A message that a link names and that is not here was split off: it says itself where it is.
function elsewhere(id) {
  const room = list.dataset.path.split("/discussions/")[0];
  if (/^[0-9A-Za-z]{22}$/.test(id)) location.replace(`${room}/posts/${id}`);
}

function focusOn(item) {
  if (!item) return;
  item.tabIndex = -1;
  item.classList.add("lit");
  item.focus({ preventScroll: true });
}

addEventListener("hashchange", arrive);

async function unfold(link) {
  for (const each of link ? [link] : list.querySelectorAll("[data-between]")) {
    const html = await part(each.href);
    if (html === null) continue;
    const box = document.createElement("template");
    box.innerHTML = html;
    const first = box.content.querySelector("li");
    each.closest("li").replaceWith(box.content);
    if (link) focusOn(first);
  }
  document.dispatchEvent(new CustomEvent("mainstay:content"));
}

document.addEventListener("click", (event) => {
  const between = event.target.closest("[data-between]");
  if (between) {
    event.preventDefault();
    unfold(between);
  }
  const act = event.target.closest("[data-act]");
  if (act) {
    event.preventDefault();
    submit(act.dataset.act);
  }
});

function submit(action) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  const token = Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token" });
  token.value = csrfHeaders()["X-CSRFToken"];
  form.append(token);
  document.body.append(form);
  form.submit();
}

onKey("s", () => {
  const item = document.activeElement?.closest?.("[data-post]") ?? list?.querySelector("[data-post]:target");
  const template = document.getElementById("message-menu");
  if (item?.dataset.here && template) copy(itemsFor(item, template).querySelector("[data-copy-link]"));
  return Boolean(item);
});

// --- What was seen: on screen for a second, with the page in view ------------------------------------------------------

let seen;
let furthest = -1;
let told = -1;

function remember() {
  const timers = new Map();
  seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        clearTimeout(timers.get(target));
        if (isIntersecting)
          timers.set(
            target,
            setTimeout(() => sawIt(target), 1000),
          );
      }
    },
    { threshold: 0.4 },
  );
  const line = document.getElementById("new");
  const first = list.dataset.firstUnread && document.getElementById(`p-${list.dataset.firstUnread}`);
  for (let item = first || line?.nextElementSibling; item; item = item.nextElementSibling) watchSeen(item);
  setInterval(tell, 1500);
  document.addEventListener("visibilitychange", () => document.hidden && tell());
}

function watchSeen(item) {
  if (item.matches("[data-post]")) seen?.observe(item);
}

function sawIt(item) {
  if (document.hidden || !item.isConnected) return;
  furthest = Math.max(furthest, [...list.querySelectorAll("[data-post]")].indexOf(item));
}

function tell() {
  if (furthest <= told) return;
  const item = list.querySelectorAll("[data-post]")[furthest];
  told = furthest;
  const body = new FormData();
  body.set("post", item.dataset.post);
  post(`${list.dataset.path}/read`, body).catch(() => {
    told = -1;
  });
}

if (list) {
  const { topic } = list.dataset;
  arrive();
  remember();
  watch(
    { topic },
    { events: ["post.created", "post.edited", "post.removed", "answer.changed", "topic.moved"], hear, catchUp, poll },
  );
}
