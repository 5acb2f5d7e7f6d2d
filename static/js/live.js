// @ts-check
/** Live conversations: the list and one conversation follow the socket's hints; the composer sends without leaving the page. */

import { pageSocket } from "./socket.js";
import { announce, toast } from "./toasts.js";

const rows = document.getElementById("live-rows");
const conversation = document.getElementById("conversation");
const PARTS = ["live-head", "live-said", "live-composer", "live-side"];
const HX = { headers: { "HX-Request": "true" } };

async function refreshRows() {
  const answer = await fetch(location.href, HX).catch(() => null);
  if (rows && answer?.ok) rows.innerHTML = await answer.text();
}

/** Replaces each part that has changed; what the person is typing stays. */
async function refreshTalk() {
  const answer = await fetch(conversation?.dataset.url || "", HX).catch(() => null);
  if (!conversation || !answer?.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const typed = keepTyped();
  for (const id of PARTS) {
    const old = document.getElementById(id);
    const next = fresh.content.getElementById(id);
    if (!old || !next || sameShape(old, next)) continue;
    if (id === "live-said") tell(old, next);
    old.replaceWith(next);
  }
  giveTyped(typed);
  toEnd();
}

/** Whether only tokens differ, which are other in every answer.
 * @param {Element} a @param {Element} b */
function sameShape(a, b) {
  const bare = (/** @type {Element} */ part) => part.innerHTML.replace(/name="(csrfmiddlewaretoken|client_id)" value="[^"]*"/g, "").trim();
  return bare(a) === bare(b);
}

/** @param {Element} old @param {Element} next */
function tell(old, next) {
  const added = [...next.children].slice(old.children.length);
  for (const line of added) if (line.getAttribute("data-role") !== "human") announce(line.textContent?.trim() || "");
}

function keepTyped() {
  return [...document.querySelectorAll("#live-text, #summary")].map((box) => ({
    id: box.id,
    value: /** @type {HTMLTextAreaElement} */ (box).value,
    focused: document.activeElement === box,
  }));
}

/** @param {{id: string, value: string, focused: boolean}[]} typed */
function giveTyped(typed) {
  for (const { id, value, focused } of typed) {
    const box = document.getElementById(id);
    if (!(box instanceof HTMLTextAreaElement)) continue;
    if (value && !box.value) box.value = value;
    if (focused) box.focus();
  }
}

function toEnd() {
  const said = document.getElementById("live-said");
  if (said) said.scrollTop = said.scrollHeight;
}

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.liveWrite === undefined) return;
  event.preventDefault();
  const box = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const id = /** @type {HTMLInputElement} */ (form.elements.namedItem("client_id"));
  if (!box.value.trim()) return;
  const sent = box.value;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), ...HX }).catch(() => null);
  if (answer?.ok) {
    if (box.value === sent) box.value = "";
    id.value = crypto.randomUUID();
    void refreshTalk();
  } else {
    toast(answer && answer.status < 500 ? await answer.text() : "The server cannot be reached. Your text is kept; send it again.", "error");
  }
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const box = event.target;
  if (!(box instanceof HTMLTextAreaElement) || box.id !== "live-text") return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    box.form?.requestSubmit();
  }
}

/** @param {MouseEvent} event */
async function onClick(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-live-draft]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  button.disabled = true;
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const headers = { "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" };
  const answer = await fetch(button.dataset.liveDraft || "", { method: "POST", headers }).catch(() => null);
  button.disabled = false;
  const told = answer ? await answer.json().catch(() => ({})) : {};
  const box = document.getElementById("summary");
  if (answer?.ok && box instanceof HTMLTextAreaElement) {
    box.value = told.summary;
    box.focus();
  } else toast(told.message || "No draft could be made. Write the summary yourself.", "error");
}

document.addEventListener("submit", (event) => void onSubmit(event));
document.addEventListener("click", (event) => void onClick(event));
document.addEventListener("keydown", onKey);
toEnd();
const socket = pageSocket();
if (rows) socket?.addEventListener("live", () => void refreshRows());
if (conversation) socket?.addEventListener("talk", () => void refreshTalk());
