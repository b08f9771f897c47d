// On every page of somebody signed in: what is new for them, counted by the server, and who else is in the workspace now.
import { onContent } from "./server.js";
import { watch } from "./watching.js";

const { me, workspace, counts } = document.body.dataset;
const NEWS = [
  "notification",
  "counts",
  "topic.created",
  "post.created",
  "post.edited",
  "post.removed",
  "file.added",
  "plan.changed",
];
const AT_ONCE = 300;
const APART = 30; // ms for each who is here: not all of them ask in the same moment
let here = null;
let soon = 0;
let waits = false;

const shown = () => document.querySelector('[data-count="inbox"] [data-n]')?.textContent;
const short = (number) => (number < 100 ? String(number) : "99+");

async function count() {
  waits = false;
  const answer = await fetch(counts, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return false;
  for (const [name, number] of Object.entries(await answer.json()))
    for (const place of document.querySelectorAll(`[data-count="${name}"]`)) {
      place.hidden = !number;
      place.querySelector("[data-n]").textContent = short(number);
    }
  return true;
}

function hear(name, told) {
  if (name === "presence") {
    if (told.workspace === workspace) show(told);
    return;
  }
  if (name === "counts" && told.first && short(told.unread) === shown()) return;
  recount(name === "counts" || name === "notification" ? 0 : APART * Math.random() * (here?.count ?? 0));
}

// A page that nobody looks at asks when somebody does.
function recount(later = 0) {
  waits = true;
  if (document.hidden) return;
  clearTimeout(soon);
  soon = setTimeout(() => count().catch(() => {}), AT_ONCE + later);
}

document.addEventListener("visibilitychange", () => waits && recount());

// Shown, never read out.
function show(told) {
  here = told;
  const ids = new Set(here.people.map(({ id }) => id));
  for (const badge of document.querySelectorAll("[data-present]")) badge.hidden = !ids.has(badge.dataset.present);
  const others = here.people.filter(({ id }) => id !== me);
  for (const line of document.querySelectorAll("[data-present-names]")) {
    line.hidden = !others.length;
    const more = here.count - here.people.length;
    line.querySelector("[data-names]").textContent = others.map(({ name }) => name).join(", ") + (more > 0 ? ` +${more}` : "");
  }
}

onContent(() => here && show(here));

if (me && counts)
  watch(workspace ? { workspace } : null, {
    events: ["presence", ...NEWS],
    hear,
    catchUp: () => recount(),
    poll: () => document.hidden || count(),
  });
