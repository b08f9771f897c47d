// What stands in messages: code is copied by a press, a task is ticked where it stands by who wrote it and by moderators.
import { may } from "./reveal.js";
import { onContent, post } from "./server.js";
import { say } from "./toast.js";

const words = document.getElementById("messages")?.dataset;

onContent((root) => {
  if (!words) return;
  for (const code of root.querySelectorAll(".msg-body pre:not([data-copies])")) copies(code);
  for (const item of root.querySelectorAll("li[data-post]")) if (may.has(item.dataset.author) || may.has("moderate")) ticks(item);
});

function copies(code) {
  code.dataset.copies = "1";
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "btn small copies",
    textContent: words.copy,
  });
  button.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(code.querySelector("code")?.textContent ?? "");
    say(words.copied);
  });
  code.after(button);
}

function ticks(item) {
  item.querySelectorAll(".task-list-item > input[type=checkbox]").forEach((box, number) => {
    box.disabled = false;
    box.setAttribute("aria-label", box.parentElement.innerText.trim().split("\n")[0]);
    box.onchange = () => tick(item, box, number);
  });
}

async function tick(item, box, number) {
  const body = new FormData();
  body.set("number", number);
  body.set("done", box.checked ? "1" : "0");
  const answer = await post(`${item.dataset.here}/tick`, body).catch(() => null);
  if (answer?.ok) return;
  box.checked = !box.checked;
  say(words.failed, { bad: true });
}
