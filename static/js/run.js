// @ts-check
/** Keeps the page of one run live: at every event of its journal the server-rendered body is fetched again. What a person has
 * unfolded, scrolled to or is typing stays. */

import { isDeciding, lockDecided } from "./approvals.js";
import { here, revealChosen } from "./run-parts.js";
import { startTimeline } from "./run-timeline.js";
import { startTree } from "./run-tree.js";
import { pageSocket } from "./socket.js";

const GATHER_MS = 150;
const body = document.getElementById("run");
/** @type {number | undefined} */
let soon;
/** how long the last refresh took: a long run is not asked for more often than it can be drawn */
let took = 0;
/** @type {string[]} what the person has unfolded */
let open = [];
/** @type {Map<string, number>} */
const scrolled = new Map();

function refresh() {
  clearTimeout(soon);
  soon = window.setTimeout(() => void fetchBody(), Math.max(GATHER_MS, took * 2));
}

async function fetchBody() {
  if (!body) return;
  if (isDeciding(body)) {
    void lockDecided(body);
    return;
  }
  if (isWriting(body)) {
    refresh();
    return;
  }
  const began = performance.now();
  const url = here();
  url.search = location.search;
  // @ts-ignore htmx is a classic script of the page
  await window.htmx.ajax("GET", url.pathname + url.search, { target: "#run", swap: "innerHTML" });
  took = performance.now() - began;
}

/** @param {HTMLElement} box */
function isWriting(box) {
  const active = document.activeElement;
  return box.contains(active) && active instanceof HTMLTextAreaElement && !active.closest("[data-approval-card]");
}

body?.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target !== body) return;
  // what htmx would copy to the new element as an attribute, which the policy forbids
  document.getElementById("tl-tip")?.removeAttribute("style");
  open = [...body.querySelectorAll("details[open][id]")].map((box) => box.id);
  for (const id of ["run-rows"]) scrolled.set(id, document.getElementById(id)?.scrollTop || 0);
});
body?.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== body) return;
  for (const id of open) {
    const box = document.getElementById(id);
    if (box instanceof HTMLDetailsElement) box.open = true;
  }
  for (const [id, top] of scrolled) {
    const box = document.getElementById(id);
    if (box) box.scrollTop = top;
  }
  revealChosen();
  body.dispatchEvent(new CustomEvent("parts-changed"));
});

if (body) {
  startTimeline(body);
  startTree(body);
}
const socket = body?.dataset.topics ? pageSocket() : null;
socket?.addEventListener("event", refresh);
socket?.addEventListener("open", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.again) refresh();
});
