// What a file on its way looks like: its sign, its buttons, its size in words. Signs come from the page.

export function sign(item, kind, tone = kind === "ok" ? "ok" : "") {
  const box = item.line.querySelector("[data-sign]");
  box.className = tone;
  box.replaceChildren(icon(kind));
}

const icon = (kind) =>
  document.querySelector("[data-adding-signs]").content.querySelector(`[data-kind="${kind}"]`).firstElementChild.cloneNode(true);

export function element(name, className, text) {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

export function button(label, kind, act) {
  const made = Object.assign(element("button", "icon-btn small", ""), { type: "button", onclick: act });
  made.setAttribute("aria-label", label);
  made.append(icon(kind));
  return made;
}

export function textButton(text, act) {
  return Object.assign(element("button", "btn small", text), { type: "button", onclick: act });
}

export function bytes(size) {
  const unit = [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "KB"],
  ].find(([least]) => size >= least) ?? [1, "bytes"];
  return `${new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(size / unit[0])} ${unit[1]}`;
}
