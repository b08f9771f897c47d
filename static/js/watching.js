// One socket a page. Watches what the page names, and asks for what was missed; a page that can `poll` does so every 10 s where no
// socket can be had. `poll` resolves to whether the server answered; `watch` to what watches the same thing again.
import { connection } from "./connection.js";
import { loadLive } from "./server.js";

const EVERY = 10_000;

export async function watch(what, { events, hear, catchUp = () => {}, poll }) {
  const socket = await connect();
  let polling = 0;
  let been = false;
  const ask = async () => {
    try {
      if (await poll?.()) connection(true);
    } catch {
      connection(false);
    }
  };
  const listen = () => {
    clearInterval(polling);
    polling = 0;
    socket.emit("watch", what, (answer) => answer?.ok && been && catchUp());
    been = true;
    connection(true);
  };
  const ourselves = () => {
    been = true;
    polling ||= setInterval(ask, EVERY);
  };
  for (const name of events) socket.on(name, (told) => hear(name, told));
  socket.on("connect", listen);
  socket.on("connect_error", ourselves);
  socket.on("disconnect", (reason) => {
    connection(false);
    ourselves();
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 5000);
  });
  if (socket.connected) listen();
  addEventListener("online", ask);
  return listen;
}

let socket;
function connect() {
  socket ??= loadLive().then(({ io }) => io({ transports: ["websocket"], reconnectionDelayMax: 10_000 }));
  return socket;
}
