// @ts-check
/** Keeps the page of one run live: at every event of its journal the server-rendered body is fetched again. */

import { isDeciding, lockDecided } from "./approvals.js";
import { pageSocket } from "./socket.js";

const GATHER_MS = 150;
const body = document.getElementById("run");
/** @type {number | undefined} */
let soon;
/** @type {string[]} what the person has unfolded */
let open = [];

function refresh() {
  clearTimeout(soon);
  soon = window.setTimeout(() => {
    if (body && isDeciding(body)) void lockDecided(body);
    else body?.dispatchEvent(new CustomEvent("run-changed"));
  }, GATHER_MS);
}

body?.addEventListener("htmx:beforeSwap", () => {
  open = [...body.querySelectorAll("details[open][id]")].map((box) => box.id);
});
body?.addEventListener("htmx:afterSwap", () => {
  for (const id of open) {
    const box = document.getElementById(id);
    if (box instanceof HTMLDetailsElement) box.open = true;
  }
});

const socket = body?.dataset.topics ? pageSocket() : null;
socket?.addEventListener("event", refresh);
socket?.addEventListener("open", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.again) refresh();
});
