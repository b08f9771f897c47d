// Adding files to a folder: drop anywhere, paste, or pick; each with progress, cancel and retry; large ones in pieces, which can
// pause and go on after a reload. The form works without this.
import { announce } from "./announce.js";
import { csrfHeaders, onContent } from "./server.js";
import { button, bytes, element, sign, textButton } from "./upload-look.js";

const AT_ONCE = 2;
const LARGE = 16 * 2 ** 20;
const WAITS = [2, 5, 15, 30];

onContent((root) => {
  for (const form of root.querySelectorAll("form[data-upload]:not([data-ready])")) {
    form.dataset.ready = "1";
    start(form);
  }
});

function start(form) {
  const words = JSON.parse(document.querySelector("[data-adding-words]").dataset.addingWords);
  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const list = [];
  let panel;
  let veil;

  form.querySelector("input[type=file]").addEventListener("change", ({ target }) => {
    add([...target.files]);
    target.value = "";
  });

  // Dragging files over the page; leaving a child fires too, so entries are counted.
  let over = 0;
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (over++) return;
    veil = element("div", "drop-veil", say("drop"));
    document.body.append(veil);
  });
  addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  addEventListener("dragleave", (event) => {
    if (holdsFiles(event) && over && !--over) veil.remove();
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    over = 0;
    veil?.remove();
    const whole = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    add(
      whole.map((item) => (item.webkitGetAsEntry?.()?.isDirectory ? { name: item.webkitGetAsEntry().name } : item.getAsFile())),
    );
  });
  addEventListener("paste", (event) => {
    if (event.target.closest?.("input, textarea, [contenteditable]")) return;
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    const stamp = new Date().toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
    add(
      files.map((file) =>
        /^image\.\w+$/.test(file.name)
          ? new File([file], `${say("pasted")} ${stamp}.${file.name.split(".").pop()}`, { type: file.type })
          : file,
      ),
    );
  });
  addEventListener("beforeunload", (event) => {
    if (list.some(active)) event.preventDefault();
  });
  addEventListener("online", () => list.filter((item) => item.state === "offline").forEach(again));

  function add(files) {
    if (!files.length) return;
    for (const file of files) {
      const item = { file, name: file.name.normalize("NFC"), state: "wait", tries: 0, key: key(), same: "" };
      list.unshift(item);
      show(item);
      if (!(file instanceof File)) fail(item, say("empty"));
      else if (file.size > Number(form.dataset.limit))
        fail(item, say("large", { name: item.name, size: bytes(file.size), limit: form.dataset.limitWords }));
      else if (names().has(item.name)) ask(item);
    }
    next();
  }

  const names = () => new Set([...document.querySelectorAll("[data-library] [data-name]")].map((row) => row.dataset.name));
  const active = ({ state }) => state === "wait" || state === "sending" || state === "offline";

  function next() {
    const sending = list.filter(({ state }) => state === "sending").length;
    list
      .filter(({ state }) => state === "wait")
      .reverse()
      .slice(0, Math.max(0, AT_ONCE - sending))
      .forEach(send);
    head();
  }

  function send(item) {
    if (item.file.size >= LARGE) return carry(item);
    const body = new FormData();
    if (item.same) body.append("same", item.same);
    body.append("files", item.file, item.name);
    const request = new XMLHttpRequest();
    Object.assign(item, { state: "sending", request, since: performance.now() });
    sign(item, "wait");
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(item, loaded, total));
    request.addEventListener("load", () => (request.status < 400 ? done(item) : refused(item, request)));
    request.addEventListener("error", () => lost(item));
    request.open("POST", form.action);
    for (const [name, value] of Object.entries({ ...csrfHeaders(), "HX-Request": "true", "Idempotency-Key": item.key }))
      request.setRequestHeader(name, value);
    request.send(body);
    tools(item, [button(say("cancel", { name: item.name }), "close", () => cancel(item))]);
    progress(item, 0, item.file.size);
  }

  async function carry(item) {
    Object.assign(item, { state: "sending", since: performance.now(), from: null });
    sign(item, "wait");
    progress(item, 0, item.file.size);
    tools(item, [
      button(say("pause", { name: item.name }), "pause", () => pause(item)),
      button(say("cancel", { name: item.name }), "close", () => cancel(item)),
    ]);
    if (item.upload) return item.upload.start();
    const { inPieces } = await import(form.dataset.pieces);
    const going =
      (act) =>
      (...told) =>
        item.state === "sending" && act(...told);
    item.upload = await inPieces(item.file, {
      metadata: { folder: form.dataset.folder, filename: item.name, same: item.same || "version" },
      headers: csrfHeaders(),
      onProgress: going((sent, total) => progress(item, sent, total)),
      onDone: () => done(item),
      onLost: going((told) => lost(item, told)),
      onRefused: going((told) => fail(item, told || say("failed"), true)),
    });
    if (item.state !== "sending") item.upload.abort(item.state === "cancelled");
  }

  function pause(item) {
    item.state = "paused";
    item.upload?.abort();
    state(item, say("paused", { percent: item.bar?.value ?? 0 }));
    tools(item, [
      textButton(say("resume"), () => again(item)),
      button(say("cancel", { name: item.name }), "close", () => cancel(item)),
    ]);
    next();
  }

  function progress(item, loaded, total) {
    const percent = total ? Math.min(100, Math.floor((loaded / total) * 100)) : 0;
    const seconds = (performance.now() - item.since) / 1000;
    item.from ??= loaded; // what was here before this began says nothing of how fast it goes
    const sent = loaded - item.from;
    const left = sent && seconds > 3 ? (seconds * (total - loaded)) / sent : 0;
    if (percent === 100) state(item, say("keep"));
    else state(item, left > 5 ? say("left", { percent, time: spoken(left) }) : say("percent", { percent }));
    item.bar ??= Object.assign(document.createElement("progress"), { max: 100 });
    item.bar.setAttribute("aria-label", item.name);
    item.bar.value = percent;
    item.line.append(item.bar);
  }

  function done(item) {
    item.state = "done";
    item.bar?.remove();
    sign(item, "ok");
    state(item, say(item.same === "version" ? "version" : "added"), "ok");
    tools(item, []);
    announce(`${item.name}: ${say("added")}`);
    refresh(item);
    next();
  }

  function refused(item, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = page.querySelector(".errors li") ?? page.querySelector(".error-summary p, main p"); // a page has other words before
    const told = said?.textContent.trim();
    if (request.status >= 500 && item.tries < WAITS.length) return lost(item, told);
    fail(item, told || say("failed"), true);
  }

  // The same key makes a second arrival harmless.
  function lost(item, told) {
    if (item.tries >= WAITS.length) return fail(item, told || say("failed"), true);
    item.state = "offline";
    sign(item, "retry", "wait");
    state(item, told || say("offline"), "wait");
    clearTimeout(item.timer);
    item.timer = setTimeout(() => again(item), WAITS[item.tries++] * 1000);
    next();
  }

  function again(item) {
    clearTimeout(item.timer);
    item.state = "wait";
    next();
  }

  function fail(item, told, retry) {
    item.state = "bad";
    item.bar?.remove();
    sign(item, "bad", "bad");
    state(item, told, "bad");
    const off = button(say("close", { name: item.name }), "close", () => drop(item));
    tools(item, retry ? [textButton(say("again"), () => restart(item)), off] : [off]);
    announce(`${item.name}: ${told}`, { urgent: true });
    next();
  }

  function restart(item) {
    Object.assign(item, { upload: null, tries: 0, state: "wait", key: key() });
    next();
  }

  function cancel(item) {
    clearTimeout(item.timer);
    item.state = "cancelled";
    item.request?.abort();
    item.upload?.abort(true).catch(() => {});
    item.upload = null;
    item.bar?.remove();
    sign(item, "bad");
    state(item, say("cancelled"));
    tools(item, [
      textButton(say("again"), () => restart(item)),
      button(say("close", { name: item.name }), "close", () => drop(item)),
    ]);
    next();
  }

  function ask(item) {
    item.state = "ask";
    state(item, say("same"));
    const choose = (same) => () => {
      Object.assign(item, { same, state: "wait" });
      next();
    };
    tools(item, [
      textButton(say("asVersion"), choose("version")),
      textButton(say("asBoth"), choose("both")),
      button(say("cancel", { name: item.name }), "close", () => drop(item)),
    ]);
    item.line.classList.add("same-name");
  }

  function drop(item) {
    list.splice(list.indexOf(item), 1);
    item.line.remove();
    head();
  }

  // --- what is shown ---

  function show(item) {
    if (!panel?.isConnected) {
      panel = document.querySelector("[data-adding-panel]").content.firstElementChild.cloneNode(true);
      document.querySelector("[data-adding]").append(panel);
    }
    item.line = document.querySelector("[data-adding-line]").content.firstElementChild.cloneNode(true);
    item.line.querySelector(".ell").textContent = item.name;
    item.line.querySelector(".ell").title = item.name;
    panel.querySelector("ul").append(item.line);
    state(item, say("wait"));
    tools(item, [button(say("cancel", { name: item.name }), "close", () => drop(item))]);
  }

  function head() {
    const ready = list.filter((item) => item.state === "done").length;
    const bad = list.filter((item) => item.state === "bad").length;
    const title = panel?.querySelector("h2");
    if (!list.length) return panel?.remove();
    panel.querySelector(".muted").hidden = !list.some(active);
    if (list.some(active) || list.some((item) => item.state === "ask"))
      title.textContent = list.length === 1 ? say("one") : say("many", { n: list.length, done: ready });
    else title.textContent = bad ? say("some", { done: ready, bad }) : say("all", { n: ready });
  }

  function state(item, text, tone = "") {
    const box = item.line.querySelector(".st");
    if (box.textContent !== text) box.textContent = text;
    box.className = `st ${tone}`;
    if (item.state !== "ask") item.line.classList.remove("same-name");
  }

  function tools(item, made) {
    item.line.querySelector(".tools").replaceChildren(...made);
  }

  async function refresh(item) {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [fresh, now] = [page, document].map((each) => each.querySelector("[data-library]"));
    if (!fresh || !now || now.contains(document.activeElement) || now.querySelector("details[open]")) return;
    const chosen = now.querySelector(".is-on")?.dataset.file;
    now.replaceWith(document.adoptNode(fresh));
    for (const each of fresh.querySelectorAll("[data-file]")) each.classList.toggle("is-on", each.dataset.file === chosen);
    document.dispatchEvent(new CustomEvent("mainstay:content"));
    const row = [...document.querySelectorAll("[data-library] [data-name]")].find((each) => each.dataset.name === item.name);
    if (row) tools(item, [Object.assign(element("a", "sm", say("show")), { href: row.querySelector("a").href })]);
  }

  function spoken(seconds) {
    if (seconds < 50) return say("seconds", { n: Math.ceil(seconds / 5) * 5 });
    if (seconds < 90) return say("minute");
    return seconds < 3600 ? say("minutes", { n: Math.round(seconds / 60) }) : say("hours");
  }
}

const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
