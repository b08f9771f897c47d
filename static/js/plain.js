// What the pages in one column need: sign-in, invitation, errors. They are met first, often on a phone, and load nothing else.
import "./look.js";
import "./forms.js";
import "./zone.js";
