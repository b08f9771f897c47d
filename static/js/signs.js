// Signs on a message: one press puts it there or takes it away, for everybody who looks; nothing else on the page moves.
import { onKey } from "./keys.js";
import { onContent, post } from "./server.js";
import { say } from "./toast.js";

const { me } = document.body.dataset;

// What comes live is made for nobody in particular.
onContent((root) => {
  for (const button of root.querySelectorAll(".sign[data-by]"))
    button.setAttribute("aria-pressed", String(button.dataset.by.split(" ").includes(me)));
});

document.addEventListener("submit", async (event) => {
  if (event.target.id !== "react" || !event.target.hidden) return;
  event.preventDefault();
  const { formAction, value } = event.submitter;
  const body = new FormData();
  body.set("emoji", value);
  const answer = await post(formAction, body).catch(() => null);
  if (answer?.ok) document.dispatchEvent(new CustomEvent("mainstay:message", { detail: { html: await answer.text() } }));
  else say(event.target.dataset.failed, { bad: true });
});

onKey("l", () => {
  const item = document.activeElement?.closest?.("[data-post]");
  const button = item?.querySelector('.sign[value="helpful"]:not([hidden])');
  button?.click();
  return Boolean(button);
});

// The same message with other signs: those alone are replaced, with the focus where it was. False where more has changed.
export function onlySigns(known, item) {
  const [before, after] = [known, item].map((each) => each.querySelector(".signs"));
  const [said, says] = [known, item].map((each) => each.querySelector(".msg-body")?.innerHTML);
  if (!before || !after || said !== says || known.dataset.is !== item.dataset.is) return false;
  const focused = before.contains(document.activeElement) && document.activeElement.value;
  before.replaceWith(after);
  if (focused) queueMicrotask(() => after.querySelector(`.sign[value="${CSS.escape(focused)}"]:not([hidden])`)?.focus());
  return true;
}
