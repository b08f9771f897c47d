// The plan's page: what others change waits as a pill and moves nothing under the reader's hand.
import { announce } from "./announce.js";
import { watch } from "./watching.js";

const plan = document.querySelector("[data-plan]");
if (plan) watch({ workspace: plan.dataset.plan }, { events: ["plan.changed"], hear: compare, catchUp: compare, poll: compare });

async function compare() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const state = page.querySelector("[data-plan]")?.dataset.state;
  if (state && state !== plan.dataset.state) tell();
  return true;
}

function tell() {
  const pill = document.querySelector("[data-plan-news]");
  if (!pill?.hidden) return;
  pill.hidden = false;
  announce(pill.textContent.trim());
}
