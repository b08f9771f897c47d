// Everything works without this file; each module makes one thing quicker.
import "htmx.org";
import "@github/markdown-toolbar-element";
import "@github/text-expander-element";
import "./server.js";
import "./announce.js";
import "./reveal.js";
import "./forms.js";
import "./toast.js";
import "./again.js";
import "./menus.js";
import "./dialog.js";
import "./time.js";
import "./theme.js";
import "./zone.js";
import "./nav.js";
import "./connection.js";
import "./keys.js";
import "./palette.js";

// Features add their own module below: live topic, composer, uploads.
import "./company.js";
import "./typing.js";
import "./upload.js";
import "./files.js";
import "./reading.js";
import "./plan.js";
import "./trail.js";
import "./rooms.js";
import "./composer.js";
import "./waiting.js";
import "./mentions.js";
import "./topic.js";
import "./written.js";
import "./discussions.js";
import "./tags.js";
import "./moderation.js";

document.documentElement.classList.add("js");
