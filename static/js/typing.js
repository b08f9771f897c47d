// Who is writing in this discussion: said while one types, shown as long as it is said again. Never read out.
import { tell, watch } from "./watching.js";

const AGAIN = 3000;
const ENDS = 6000;
const line = document.querySelector("[data-typing]");
const { topic } = document.getElementById("messages")?.dataset ?? {};
const writers = new Map();
let said = 0;

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form.composer");
  if (!line || target.name !== "body" || !target.value.trim() || Date.now() - said < AGAIN) return;
  said = Date.now();
  const team = form.querySelector("[name=team]:checked, [name=team][type=hidden]")?.value === "1";
  tell("typing", team ? { topic, team } : { topic });
});

function hear(name, told) {
  if (told.topic !== topic) return;
  if (name === "typing") {
    clearTimeout(writers.get(told.person.id)?.timer);
    writers.set(told.person.id, { ...told, timer: setTimeout(() => end(told.person.id), ENDS) });
  } else end(told.author.id);
  show();
}

function end(id) {
  clearTimeout(writers.get(id)?.timer);
  writers.delete(id);
  show();
}

function show() {
  const [first, second, ...more] = writers.values();
  const { one, two, many, note } = line.dataset;
  const words = more.length ? many : second ? two : first?.team ? note : first ? one : "";
  line.textContent = words.replace("%(name)s", first?.person.name).replace("%(other)s", second?.person.name);
}

if (line) watch(null, { events: ["typing", "post.created"], hear });
