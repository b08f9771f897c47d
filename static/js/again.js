// A page about something that is on its way looks again by itself: <… data-again="seconds">. Without scripts the page refreshes itself.
const waiting = document.querySelector("[data-again]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.again) * 1000);
