// Loaded only by pages that watch something: `const { io } = await loadLive()` (see server.js).
export { io } from "socket.io-client";
