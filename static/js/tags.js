// Tags put into a field, or taken out of it, by a press.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-tag]");
  const field = button && document.getElementById(button.closest("[data-tags-for]").dataset.tagsFor);
  if (!field) return;
  const tags = field.value
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  const { tag } = button.dataset;
  field.value = (tags.includes(tag) ? tags.filter((each) => each !== tag) : [...tags, tag]).join(", ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
