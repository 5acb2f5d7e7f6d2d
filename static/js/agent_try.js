// @ts-check
/** A try, live: the server's partial at every event of its run, and the answer's words as they are written. */

import "./agent_menus.js";
import { isDeciding, lockDecided } from "./approvals.js";
import { pageSocket } from "./socket.js";
import { announce } from "./toasts.js";

const GATHER_MS = 80;
const place = document.getElementById("try");
const url = place?.dataset.url || "";
/** @type {number | undefined} */
let soon;
let text = "";

function refresh() {
  clearTimeout(soon);
  soon = window.setTimeout(fetchRun, GATHER_MS);
}

async function fetchRun() {
  if (!place) return;
  if (isDeciding(place)) {
    void lockDecided(place);
    return;
  }
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    put(await answer.text());
  } catch {
    // The socket's next "open" asks again.
  }
}

/** @param {string} html */
function put(html) {
  if (!place) return;
  const open = [...place.querySelectorAll("details[open][id]")].map((box) => box.id);
  const focus = place.contains(document.activeElement) ? document.activeElement?.id : "";
  const wasGoing = place.querySelector("[data-going]");
  place.innerHTML = html;
  // @ts-ignore htmx is a classic script of the page
  window.htmx.process(place);
  for (const id of open) {
    const box = document.getElementById(id);
    if (box instanceof HTMLDetailsElement) box.open = true;
  }
  const chip = place.querySelector(".kz-chip");
  const listed = document.querySelector(".ag-tries [aria-current] .kz-chip");
  if (chip && listed) listed.replaceWith(chip.cloneNode(true));
  if (focus) document.getElementById(focus)?.focus();
  showText();
  const ended = place.querySelector("[data-status]:not([data-going])");
  if (wasGoing && ended) announce(`The run has ended: ${ended.getAttribute("data-status")}`);
}

function showText() {
  const live = place?.querySelector("[data-live]");
  if (!(live instanceof HTMLElement) || !text) return;
  live.hidden = false;
  live.textContent = text;
}

if (place?.dataset.topics) {
  const socket = pageSocket();
  socket?.addEventListener("event", refresh);
  socket?.addEventListener("delta", (event) => {
    const message = /** @type {CustomEvent} */ (event).detail;
    if (message.run !== place.dataset.run) return;
    text = message.text;
    showText();
  });
  socket?.addEventListener("open", refresh);
}
