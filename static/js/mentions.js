// "@" in a composer: the people who can read this place, from the server. What is inserted is @[Name](id).
import { part } from "./server.js";

// These events do not bubble: they are heard on their way down.
const hear = (name, run) => document.addEventListener(name, run, true);

hear("text-expander-change", ({ target, detail }) => {
  const from = target.dataset.mentions;
  if (detail.key === "@" && from) detail.provide(suggest(target, from, detail.text));
});

hear("text-expander-value", ({ detail }) => {
  const { id, name, invite } = detail.item.dataset;
  if (detail.key !== "@") return;
  if (invite) open(invite, "_blank", "noopener"); // beside: what is being written stays
  detail.value = invite ? `@${name}` : `@[${name}](${id})`;
});

async function suggest(expander, from, text) {
  const form = expander.closest("form");
  const team = form.querySelector("[name=team]:checked, [name=team][type=hidden]")?.value ?? "0";
  const forum = form.elements.forum?.value ?? "";
  const box = document.createElement("template");
  box.innerHTML = (await part(`${from}?${new URLSearchParams({ q: text, team, forum })}`)) ?? "";
  const list = box.content.querySelector("ul");
  return { matched: Boolean(list?.children.length), fragment: list };
}
