// How the page talks with the server: the CSRF header, and what to do with answers that are not a fragment.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const csrfHeaders = () => ({ "X-CSRFToken": meta("csrf-token") });

export const loadLive = () => import(document.querySelector("script[data-live]").dataset.live);

// For modules that post by themselves. Resolves to the Response, whatever its status.
export function post(url, body = new FormData()) {
  return fetch(url, { method: "POST", body, headers: { ...csrfHeaders(), "HX-Request": "true" }, credentials: "same-origin" });
}

// Sends fields, and resolves whatever comes of it. Status 0: no answer; `left`: what was sent may have arrived all the same.
export function transmit(url, fields) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    let left = false;
    for (const [name, value] of fields) body.append(name, value);
    request.open("POST", url);
    for (const [name, value] of Object.entries({ ...csrfHeaders(), "HX-Request": "true" })) request.setRequestHeader(name, value);
    request.timeout = 60_000;
    request.upload.onload = () => {
      left = true;
    };
    request.onloadend = () => {
      const retryAfter = Number(request.getResponseHeader("Retry-After")) || 0;
      resolve({ status: request.status, html: request.responseText, left, retryAfter });
    };
    request.send(body);
  });
}

// What an answer says of a message that was refused; `forum`: where it would go now.
export function told(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return {
    why: box.content.querySelector("p")?.textContent.trim() ?? "",
    forum: box.content.querySelector("[data-forum]")?.dataset.forum,
  };
}

// A part of a page as HTML; null where it cannot be had.
export async function part(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

document.addEventListener("htmx:config:request", ({ detail }) => {
  Object.assign(detail.ctx.request.headers, csrfHeaders());
});

// Called for what is on the page now and for every fragment swapped in later.
export function onContent(run) {
  const start = () => run(document.body);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  document.addEventListener("htmx:after:swap", start);
  document.addEventListener("mainstay:content", start);
}
