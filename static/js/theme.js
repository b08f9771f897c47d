// Shows a chosen look at once: a field named "theme" with "", "light" or "dark". The server keeps it.
document.addEventListener("change", ({ target }) => {
  if (target.name !== "theme" || (target.type === "radio" && !target.checked)) return;
  const root = document.documentElement;
  if (target.value) root.dataset.theme = target.value;
  else delete root.dataset.theme;
});
