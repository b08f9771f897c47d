// One socket a page. Watches what the page names, asks for what was missed, and asks every 10 s where no socket can be had.
import { loadLive } from "./server.js";

const strip = document.querySelector("[data-offline]");
const EVERY = 10_000;

export async function watch(what, { events, hear, catchUp = () => {}, poll = () => true }) {
  const socket = await connect();
  let polling = 0;
  let been = false;
  const ask = async () => {
    try {
      if (await poll()) calm();
    } catch {
      worry();
    }
  };
  const listen = () => {
    clearInterval(polling);
    polling = 0;
    socket.emit("watch", what, (answer) => answer?.ok && been && catchUp());
    been = true;
    calm();
  };
  const ourselves = () => {
    been = true;
    polling ||= setInterval(ask, EVERY);
  };
  for (const name of events) socket.on(name, (told) => hear(name, told));
  socket.on("connect", listen);
  socket.on("connect_error", ourselves);
  socket.on("disconnect", (reason) => {
    worry();
    ourselves();
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 5000);
  });
  if (socket.connected) listen();
  addEventListener("offline", worry);
  addEventListener("online", ask);
}

let connection;
async function connect() {
  connection ??= loadLive().then(({ io }) => io({ transports: ["websocket"], reconnectionDelayMax: 10_000 }));
  return connection;
}

let worrying = 0;
function worry() {
  worrying ||= setTimeout(() => {
    if (strip) strip.hidden = false;
  }, 3000);
}

function calm() {
  clearTimeout(worrying);
  worrying = 0;
  if (strip) strip.hidden = true;
}
