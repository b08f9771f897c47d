// The list of discussions: what came since is counted in a pill; the order changes only on reload.
import { watch } from "./watching.js";

const pill = document.querySelector("[data-pill][data-workspace]");
const news = new Set();

if (pill) watch({ workspace: pill.dataset.workspace }, { events: ["topic.created", "post.created"], hear });

function hear(name, told) {
  if (told.author.id === document.body.dataset.me) return;
  news.add(name === "topic.created" ? told.id : told.topic);
  const { newOne, newMany } = pill.dataset;
  pill.querySelector("span").textContent = news.size === 1 ? newOne : newMany.replace("%(n)s", news.size);
  pill.hidden = false;
}
