// Partials are the same for everybody who may read them; what only some may do waits hidden:
//   <button hidden data-only="person:ID moderate">  shows if the body's data-may has one of these words;
//   data-unless is for the others.
import { onContent } from "./server.js";

export const may = new Set((document.body?.dataset.may ?? "").split(" "));

onContent((root) => {
  for (const element of root.querySelectorAll("[data-only]")) {
    element.hidden = !element.dataset.only.split(" ").some((word) => may.has(word));
  }
  for (const element of root.querySelectorAll("[data-unless]")) {
    element.hidden = element.dataset.unless.split(" ").some((word) => may.has(word));
  }
});
