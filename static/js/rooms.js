// Workspaces: says when there is news, shows a new workspace as the client will see it.
import { announce } from "./announce.js";
import "./look.js";
import { onContent } from "./server.js";
import { watch } from "./watching.js";

// News of this workspace: a pill that loads them. What is being read stays where it is.
const home = document.querySelector("[data-watch-workspace]");
let news = 0;

if (home) watch({ workspace: home.dataset.watchWorkspace }, { events: ["topic.created", "file.added", "member.joined"], hear });

function hear(_name, thing) {
  if (thing.author?.id === document.body.dataset.me) return;
  news += 1;
  const pill = home.querySelector("[data-news-pill]");
  pill.hidden = false;
  pill.querySelector("[data-count]").textContent = news;
  announce(pill.textContent.trim());
}

// A field shows in the preview: <input data-mirrors="title"> in <b data-mirror-of="title" data-empty="Name">.
document.addEventListener("input", ({ target }) => {
  const { mirrors } = target.dataset ?? {};
  if (!mirrors) return;
  for (const copy of document.querySelectorAll(`[data-mirror-of="${CSS.escape(mirrors)}"]`))
    copy.textContent = target.value || copy.dataset.empty || "";
});

// <div data-when="kind=community"> is there only while that is chosen; what is hidden is not asked for.
function choose() {
  for (const part of document.querySelectorAll("[data-when]")) {
    const [name, value] = part.dataset.when.split("=");
    const on = document.querySelector(`input[name="${name}"]:checked`)?.value === value;
    part.hidden = !on;
    for (const field of part.querySelectorAll("select, input")) field.disabled = !on;
  }
}
document.addEventListener("change", ({ target }) => target.matches("input[type=radio]") && choose());

// A new workspace is first named after its account.
document.addEventListener("change", ({ target }) => {
  const title = target.name === "accounts" && document.querySelector('[data-mirrors="title"]');
  if (!title || (title.value && title.value !== title.dataset.proposed)) return;
  title.value = title.dataset.proposed = target.value ? target.selectedOptions[0].textContent : "";
  title.dispatchEvent(new Event("input", { bubbles: true }));
});
onContent(choose);
