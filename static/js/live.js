// Loaded only by pages that watch something, by watching.js.
export { io } from "socket.io-client";
