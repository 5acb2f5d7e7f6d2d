// @ts-check
/** Approvals live: every badge of the page, the inbox list, the rings of expiry, and what locks when others decide. */

import { startApprovalKeys } from "./approval-keys.js";
import { announce } from "./toasts.js";
import { pageSocket } from "./socket.js";

/** @param {number} pending */
function paintBadges(pending) {
  for (const badge of document.querySelectorAll("[data-approvals-badge]")) {
    if (!(badge instanceof HTMLElement)) continue;
    badge.hidden = !pending;
    const number = badge.querySelector("[data-number]");
    if (number) number.textContent = String(pending);
  }
}

/** Opening "edit" or "reject" puts the cursor where the person types.
 * @param {Event} event */
function onToggle(event) {
  const box = event.target;
  if (box instanceof HTMLDetailsElement && box.open && box.closest(".approval-actions")) {
    const field = box.querySelector("textarea, select");
    if (field instanceof HTMLElement) field.focus();
    for (const other of box.parentElement?.querySelectorAll("details[open]") || []) {
      if (other !== box && other instanceof HTMLDetailsElement) other.open = false;
    }
  }
}

/** Whether a person is writing a decision inside `place`: then nothing there may be replaced under their hands.
 * @param {Element} place */
export function isDeciding(place) {
  return Boolean(place.querySelector("[data-approval-card][data-open] .approval-actions details[open]"));
}

/** Replaces the card that a person is writing on when somebody else was faster; it says who.
 * @param {Element} place */
export async function lockDecided(place) {
  const card = place.querySelector("[data-approval-card][data-open]:has(.approval-actions details[open])");
  if (!card) return;
  const answer = await fetch(`/approvals/${card.id.replace("approval-", "")}/`, { headers: { "HX-Request": "true" } }).catch(() => null);
  const fresh = document.createElement("template");
  if (answer?.ok) fresh.innerHTML = await answer.text();
  const now = fresh.content.querySelector("[data-approval-card]:not([data-open])");
  if (now) {
    card.replaceWith(now);
    announce("Somebody else has decided this.");
  }
}

/** @param {number} seconds */
function inWords(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

/** Every ring and every line that says how long there is to decide. */
function paintExpiry() {
  for (const box of document.querySelectorAll("[data-expires]")) {
    if (!(box instanceof HTMLElement)) continue;
    const left = Math.max(0, Math.round((Date.parse(box.dataset.expires || "") - Date.now()) / 1000));
    const words = box.querySelector("[data-left]");
    if (words) words.textContent = left ? `${inWords(left)} left` : "expired";
    const ring = box.querySelector(".approval-ring-left");
    const span = Number(box.dataset.span) || left || 1;
    if (ring instanceof SVGElement) ring.style.strokeDashoffset = String(100 - Math.min(100, (100 * left) / span));
    box.toggleAttribute("data-soon", left < Math.max(30, span / 5));
  }
}

/** Whether the inbox has news that it could not show while a decision was on its way. */
let behind = false;

/** Whether a decision of `place` waits for its answer. The news of it may be here first, and what replaces the form then
 * would lose the answer.
 * @param {Element} place */
function isOnItsWay(place) {
  return Boolean(place.querySelector("form.htmx-request"));
}

/** @type {Set<string>} what is ticked in the list, while the list is drawn again */
let picked = new Set();

/** @param {Element} inbox @returns {NodeListOf<HTMLInputElement>} */
const picksOf = (inbox) => inbox.querySelectorAll("input.inbox-pick");

/** What was asked for before somebody began to write must not replace what they write.
 * @param {Event} event */
function onBeforeSwap(event) {
  const detail = /** @type {CustomEvent} */ (event).detail;
  const inbox = document.getElementById("inbox");
  if (!inbox || detail.target !== inbox) return;
  if (isOnItsWay(inbox)) behind = true;
  if (behind || isDeciding(inbox)) detail.shouldSwap = false;
  picked = new Set([...picksOf(inbox)].filter((box) => box.checked).map((box) => box.value));
}

/** What was ticked before the news stays ticked after them. */
function onAfterSwap() {
  const inbox = document.getElementById("inbox");
  if (inbox) for (const box of picksOf(inbox)) box.checked ||= picked.has(box.value);
  picked = new Set();
  paintExpiry();
}

/** The answer is here: now the inbox may show its news. */
function onAfterRequest() {
  const inbox = document.getElementById("inbox");
  if (!behind || !inbox || isOnItsWay(inbox)) return;
  behind = false;
  readAgain();
}

function readAgain() {
  document.body.dispatchEvent(new CustomEvent("approvals-changed", { bubbles: true }));
}

/** A change of a filter is sent at once; without the script there is the button. */
function startFilters() {
  const form = document.querySelector("form[data-filters]");
  form?.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement && form instanceof HTMLFormElement) form.requestSubmit();
  });
}

export function startApprovals() {
  startApprovalKeys();
  startFilters();
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("htmx:beforeSwap", onBeforeSwap);
  document.addEventListener("htmx:afterRequest", onAfterRequest);
  document.addEventListener("htmx:afterSwap", onAfterSwap);
  paintExpiry();
  setInterval(paintExpiry, 1000);
  const socket = pageSocket();
  let known = -1;
  socket?.addEventListener("approvals", (event) => {
    const pending = Number(/** @type {CustomEvent} */ (event).detail.pending);
    paintBadges(pending);
    if (known >= 0 && pending > known) announce(`${pending} decisions are waiting for a person`);
    known = pending;
    const inbox = document.getElementById("inbox");
    if (inbox && isOnItsWay(inbox)) behind = true;
    else if (inbox && isDeciding(inbox)) void lockDecided(inbox);
    else readAgain();
  });
}
