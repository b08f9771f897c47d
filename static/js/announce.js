// Says something once to screen readers. `urgent` interrupts.
export function announce(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? "alert" : "live");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
