// <… data-seen="/path">: posted once the page has been before somebody's eyes for a second. The invitation loads this and nothing else.
for (const place of document.querySelectorAll("[data-seen^='/']")) look(() => tell(place, place.dataset.seen));

function look(then) {
  let waiting;
  const start = () => {
    clearTimeout(waiting);
    if (document.hidden) return;
    waiting = setTimeout(() => {
      document.removeEventListener("visibilitychange", start);
      then();
    }, 1000);
  };
  document.addEventListener("visibilitychange", start);
  start();
}

function tell(place, url) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? place.querySelector?.("[name=csrf_token]")?.value;
  fetch(url, { method: "POST", headers: { "X-CSRFToken": token ?? "" }, credentials: "same-origin", keepalive: true }).catch(
    () => {},
  );
}
