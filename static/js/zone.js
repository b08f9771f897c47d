// <select data-guess-zone>: starts at the time zone of the device, where the list has it.
import { onContent } from "./server.js";

onContent((root) => {
  for (const select of root.querySelectorAll("select[data-guess-zone]")) {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...select.options].some((option) => option.value === here)) select.value = here;
    delete select.dataset.guessZone;
  }
});
