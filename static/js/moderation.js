// The queue of reported messages: 1 to 5 choose what to do with the message one is at, or the first.
import { onKey } from "./keys.js";

function choose(number) {
  const at = document.activeElement?.closest("[data-case]") ?? document.querySelector("[data-case]");
  const choice = at?.querySelector(`[data-choice="${number}"]`);
  if (!choice) return false;
  choice.checked = true;
  const reason = at.querySelector("[name=reason]");
  (number === 1 ? choice : reason).focus();
  return true;
}

if (document.querySelector("[data-case]")) for (const number of [1, 2, 3, 4, 5]) onKey(String(number), () => choose(number));
