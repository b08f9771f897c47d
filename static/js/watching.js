// One socket a page. Each thing is watched once, however many of the page's modules listen. What came between the making of the page and
// its first connection, and while there was none, the server answers to `watch`; where that is too much, or a reader's rights have changed,
// each listener catches up by itself. Who can `poll` does so every 10 s where no socket can be had; it resolves to whether the server
// answered. `what` null: only what is told to oneself.
import { connection } from "./connection.js";
import { loadLive } from "./server.js";

const EVERY = 10_000;
const ears = [];
const known = new Map(); // thing -> the moment up to which all of it was heard
let polling = 0;
let socket;

export async function watch(what, { events, hear, catchUp = () => {}, poll }) {
  const ear = { thing: what && JSON.stringify(what), events, hear, catchUp, poll };
  ears.push(ear);
  const line = await connect();
  for (const name of events) line.on(name, (told) => hear(name, told));
  if (line.connected) listen(ear.thing, [ear]);
}

// Say something to the others, if there is a connection; nobody waits for it.
export async function tell(name, what) {
  const line = await connect();
  if (line.connected) line.emit(name, what);
}

async function listen(thing, those) {
  const all = () => {
    for (const { catchUp } of those) catchUp();
  };
  if (!thing) return all();
  const since = known.get(thing) ?? document.body.dataset.at;
  (await socket).emit("watch", { ...JSON.parse(thing), since }, (answer) => {
    if (!answer?.ok) return;
    if (answer.at) known.set(thing, answer.at);
    if (!answer.missed) return all();
    for (const [name, told] of answer.missed) for (const { events, hear } of those) if (events.includes(name)) hear(name, told);
  });
}

function connected() {
  clearInterval(polling);
  polling = 0;
  connection(true);
  for (const thing of new Set(ears.map((ear) => ear.thing)))
    listen(
      thing,
      ears.filter((ear) => ear.thing === thing),
    );
}

// What a person may see has changed: of what they watch and may read still, the page asks anew.
function rights(told) {
  for (const { thing, catchUp } of ears)
    if (!thing || Object.entries(JSON.parse(thing)).every(([kind, id]) => told[kind] === id)) catchUp();
}

async function ask() {
  for (const { poll } of ears) {
    try {
      if (await poll?.()) connection(true);
    } catch {
      connection(false);
    }
  }
}

function ourselves() {
  polling ||= setInterval(ask, EVERY);
}

function connect() {
  socket ??= loadLive().then(({ io }) => {
    const line = io({ transports: ["websocket"], reconnectionDelayMax: 10_000 });
    line.on("connect", connected);
    line.on("access", rights);
    line.on("connect_error", ourselves);
    line.on("disconnect", (reason) => {
      connection(false);
      ourselves();
      if (reason === "io server disconnect") setTimeout(() => line.connect(), 5000);
    });
    addEventListener("online", () => {
      ask();
      if (!line.connected) line.disconnect().connect(); // at once, and not when its next try is due
    });
    return line;
  });
  return socket;
}
