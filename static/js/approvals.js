// @ts-check
/** Approvals live: every badge of the page, the inbox list, and the keys A, E and R on an approval card. */

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

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  if (!["a", "e", "r"].includes(key)) return;
  const cards = [...document.querySelectorAll("[data-approval-card][data-open]")];
  const focused = target instanceof HTMLElement ? target.closest("[data-approval-card][data-open]") : null;
  const card = focused || (cards.length === 1 ? cards[0] : null);
  const button = card?.querySelector(`[data-key="${key}"]`);
  if (button instanceof HTMLElement) {
    event.preventDefault();
    button.click();
  }
}

/** Opening "edit" or "reject" puts the cursor where the person types.
 * @param {Event} event */
function onToggle(event) {
  const box = event.target;
  if (box instanceof HTMLDetailsElement && box.open && box.closest("[data-approval-card]")) {
    const field = box.querySelector("textarea");
    if (field) field.focus();
    for (const other of box.parentElement?.querySelectorAll("details[open]") || []) {
      if (other !== box && other instanceof HTMLDetailsElement) other.open = false;
    }
  }
}

/** Whether a person is writing a decision inside `place`: then nothing there may be replaced under their hands.
 * @param {Element} place */
export function isDeciding(place) {
  return Boolean(place.querySelector("[data-approval-card][data-open] details[open]"));
}

/** Replaces the card that a person is writing on when somebody else was faster; it says who.
 * @param {Element} place */
export async function lockDecided(place) {
  const card = place.querySelector("[data-approval-card][data-open]:has(details[open])");
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

export function startApprovals() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("toggle", onToggle, true);
  const socket = pageSocket();
  let known = -1;
  socket?.addEventListener("approvals", (event) => {
    const pending = Number(/** @type {CustomEvent} */ (event).detail.pending);
    paintBadges(pending);
    if (known >= 0 && pending > known) announce(`${pending} decisions are waiting for a person`);
    known = pending;
    const inbox = document.getElementById("inbox");
    if (inbox && isDeciding(inbox)) void lockDecided(inbox);
    else document.body.dispatchEvent(new CustomEvent("approvals-changed", { bubbles: true }));
  });
}
