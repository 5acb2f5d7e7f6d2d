// @ts-check
/** Keeps the page of one run live: at every event of its journal the server-rendered body is fetched again. */

import { pageSocket } from "./socket.js";

const GATHER_MS = 150;
const body = document.getElementById("run");
/** @type {number | undefined} */
let soon;

function refresh() {
  clearTimeout(soon);
  soon = setTimeout(() => body?.dispatchEvent(new CustomEvent("run-changed")), GATHER_MS);
}

const socket = body?.dataset.topics ? pageSocket() : null;
socket?.addEventListener("event", refresh);
socket?.addEventListener("open", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.again) refresh();
});
