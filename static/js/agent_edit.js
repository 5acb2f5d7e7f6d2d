// @ts-check
/**
 * The editor of an agent: saves by itself, keeps problems, decisions and preview in step with what is typed, undoes.
 * The server reads, checks and draws the form; here is when it is asked and how its answer is put in place.
 */

import { History, snapshot } from "./agent_history.js";
import "./agent_menus.js";
import { announce } from "./toasts.js";

const LOOK_MS = 90;
const SAVE_MS = 900;
const AGAIN_MS = 3000;
const place = /** @type {HTMLElement} */ (document.getElementById("editor"));
/** Only these buttons are answered in place; the others leave the page. */
const IN_PLACE = /^(save|redraw|merge|keep_mine|take_theirs|(add|remove|up|down):.*)$/;

let saved = ""; // the form as the server has it
let busy = false;
let leaving = false;
/** @type {number | undefined} */
let lookSoon;
/** @type {number | undefined} */
let saveSoon;
let looks = 0;
/** @type {Set<string>} controls that the person has left: their errors may be shown */
const touched = new Set();

const form = () => /** @type {HTMLFormElement} */ (document.getElementById("agent-form"));
const history = new History(snapshot(form()), showHistory);

/* ---- asking the server ---- */

/** @param {string} action @param {"form" | "side"} part @param {string} [state] what to post instead of the form */
async function post(action, part, state) {
  const now = form();
  const body = state === undefined ? new URLSearchParams() : new URLSearchParams(state);
  for (const [name, value] of new FormData(now)) {
    if (typeof value === "string" && (state === undefined || !body.has(name)) && (state === undefined || isPassing(name))) body.append(name, value);
  }
  body.set("do", action);
  const answer = await fetch(now.action, { method: "POST", body, headers: { "HX-Request": "true", "X-Part": part } });
  const target = answer.headers.get("HX-Redirect");
  if (target) location.assign(target);
  return answer;
}

/** @param {string} name */
function isPassing(name) {
  return ["csrfmiddlewaretoken", "revision", "seen_revision", "base", "whole"].includes(name) || name.startsWith("choice:");
}

/** Problems, decisions and preview of what stands in the form now; nothing is saved. */
async function look() {
  const mine = ++looks;
  const answer = await post("look", "side").catch(() => null);
  if (answer?.ok && mine === looks) putSide(await answer.text(), false);
}

async function save() {
  clearTimeout(saveSoon);
  if (busy) return later(SAVE_MS / 3);
  const sent = snapshot(form());
  if (sent === saved || form().dataset.conflict !== undefined) return;
  busy = true;
  try {
    const answer = await post("auto", "side");
    if (answer.ok) {
      saved = sent;
      looks += 1;
      putSide(await answer.text(), true);
      if (snapshot(form()) !== saved) later(SAVE_MS);
    } else if (answer.status === 409 || answer.status === 422) {
      swap(await answer.text(), sent);
      announce(answer.status === 409 ? "Somebody else has changed this draft: choose what to keep." : "The draft was not saved.");
    } else tellUnsaved(`The server answered ${answer.status}`);
  } catch {
    tellUnsaved("The server cannot be reached");
  } finally {
    busy = false;
  }
}

/** @param {number} wait */
function later(wait) {
  clearTimeout(saveSoon);
  saveSoon = window.setTimeout(save, wait);
}

/** @param {string} why */
function tellUnsaved(why) {
  say(`${why}: not saved yet, trying again`, "bad");
  later(AGAIN_MS);
}

/** A button of the form, answered by the form drawn anew.
 * @param {string} action @param {string} [state] */
async function act(action, state) {
  if (busy) {
    window.setTimeout(() => void act(action, state), 60);
    return;
  }
  busy = true;
  clearTimeout(saveSoon);
  clearTimeout(lookSoon);
  const sent = snapshot(form());
  if (state === undefined) history.push(sent);
  const hand = whereIsFocus();
  place.inert = true;
  try {
    const answer = await post(action, "form", state);
    if (answer.status === 204) return;
    if (!answer.ok && answer.status !== 409 && answer.status !== 422) throw new Error(String(answer.status));
    place.inert = false;
    const fresh = swap(await answer.text(), state === undefined && !action.includes(":") ? sent : "", hand);
    if (answer.ok) saved = fresh;
    if (state === undefined) history.push(snapshot(form()));
  } catch {
    tellUnsaved("The server cannot be reached");
  } finally {
    place.inert = false;
    busy = false;
  }
}

/* ---- putting answers in place ---- */

/** Replaces the whole form and gives the focus back. What was typed since `sent` is put into the new one; the result is the
 * new form without it: that is what is saved.
 * @param {string} html @param {string} sent @param {{id: string, caret: number | null}} [hand] where the focus was
 * @returns {string} */
function swap(html, sent, hand = whereIsFocus()) {
  const old = form();
  const open = [...old.querySelectorAll("details[open][id]")].map((box) => box.id);
  const since = sent ? changedSince(sent) : [];
  place.innerHTML = html;
  const fresh = snapshot(form());
  for (const id of open) {
    const box = document.getElementById(id);
    if (box instanceof HTMLDetailsElement && id !== "publish") box.open = true;
  }
  for (const [name, value] of since) {
    const control = document.getElementById(name);
    if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === "on";
    else if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) control.value = value;
  }
  focusOn(form().dataset.focus || hand.id, hand.caret);
  dress();
  return fresh;
}

/** @returns {{id: string, caret: number | null}} */
function whereIsFocus() {
  const active = document.activeElement;
  const written = active instanceof HTMLTextAreaElement || (active instanceof HTMLInputElement && active.type === "text");
  return { id: active?.id || "", caret: written ? active.selectionStart : null };
}

/** @param {string} sent @returns {[string, string][]} */
function changedSince(sent) {
  const before = new URLSearchParams(sent);
  return [...new URLSearchParams(snapshot(form()))].filter(([name, value]) => before.get(name) !== value);
}

/** @param {string} id @param {number | null} caret */
function focusOn(id, caret = null) {
  if (!id) return;
  let found = document.getElementById(id) || document.querySelector(`button[value="${CSS.escape(id)}"]`);
  if (found instanceof HTMLButtonElement && found.disabled) found = found.parentElement?.querySelector("button:not([disabled])") || found;
  if (!(found instanceof HTMLElement)) return;
  for (let box = found.closest("details"); box; box = box.parentElement?.closest("details") || null) box.open = true;
  found.focus();
  if (caret !== null && found instanceof HTMLTextAreaElement) found.setSelectionRange(caret, caret);
  if (caret !== null && found instanceof HTMLInputElement && found.type === "text") found.setSelectionRange(caret, caret);
}

/** @param {string} html @param {boolean} isSaved */
function putSide(html, isSaved) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const open = ["preview-schema", "preview-tools"].filter((id) => /** @type {HTMLDetailsElement | null} */ (document.getElementById(id))?.open);
  for (const id of isSaved ? ["edit-problems", "edit-preview", "edit-hidden"] : ["edit-problems", "edit-preview"]) {
    const part = fresh.content.getElementById(id);
    const old = document.getElementById(id);
    if (part && old) old.replaceWith(part);
  }
  for (const id of open) {
    const box = document.getElementById(id);
    if (box instanceof HTMLDetailsElement) box.open = true;
  }
  const state = fresh.content.getElementById("new-state");
  if (isSaved && state instanceof HTMLTemplateElement) document.getElementById("edit-state")?.replaceChildren(state.content);
  putVerdicts(fresh.content);
  const told = fresh.content.querySelector("[data-errors]") || document.getElementById("edit-hidden");
  showErrors(JSON.parse(told?.getAttribute("data-errors") || "{}"));
}

/** @param {DocumentFragment} fresh */
function putVerdicts(fresh) {
  for (const verdict of fresh.querySelectorAll("[data-verdict]")) {
    const tool = CSS.escape(verdict.getAttribute("data-verdict") || "");
    const words = verdict.textContent || "";
    const reason = verdict.getAttribute("data-reason") || "";
    for (const chip of document.querySelectorAll(`[data-verdict-chip="${tool}"] .kz-chip, [data-verdict-of="${tool}"] .kz-chip`)) {
      chip.textContent = words;
      chip.setAttribute("data-tone", verdict.getAttribute("data-tone") || "");
    }
    for (const why of document.querySelectorAll(`[data-verdict-why="${tool}"], [data-verdict-of="${tool}"] .kz-quiet`)) why.textContent = reason;
  }
}

/** @param {Record<string, string>} errors */
function showErrors(errors) {
  const all = form().dataset.checked !== undefined;
  for (const line of form().querySelectorAll("[data-error]")) {
    if (!(line instanceof HTMLElement)) continue;
    const name = line.id.replace(/-error$/, "");
    const text = all || touched.has(name) ? errors[name] || "" : "";
    line.textContent = text;
    line.hidden = !text;
    const control = document.getElementById(name);
    if (text) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
}

/** @param {string} text @param {string} [tone] */
function say(text, tone = "") {
  const state = document.getElementById("save-state");
  if (!state) return;
  state.textContent = text;
  state.setAttribute("data-tone", tone);
}

function showHistory() {
  const undo = document.querySelector("[data-undo]");
  const redo = document.querySelector("[data-redo]");
  if (undo instanceof HTMLButtonElement) undo.disabled = history.past.length < 2;
  if (redo instanceof HTMLButtonElement) redo.disabled = !history.future.length;
}

/** What a freshly drawn form wants of the script. */
function dress() {
  for (const box of document.querySelectorAll("[data-needs-script]")) if (box instanceof HTMLElement) box.hidden = false;
  showHistory();
}

/* ---- what people do ---- */

/** @param {"undo" | "redo"} way */
function travel(way) {
  const state = history[way]();
  if (state !== undefined) void act("redraw", state);
}

place.addEventListener("input", (event) => {
  if (event.target instanceof Element && event.target.closest(".ag-publish, .ag-conflict")) return;
  history.push(snapshot(form()), event.target instanceof HTMLElement ? event.target.id : "");
  say("Editing …");
  clearTimeout(lookSoon);
  lookSoon = window.setTimeout(look, LOOK_MS);
  later(SAVE_MS);
});
place.addEventListener("change", (event) => {
  const control = event.target;
  if (!(control instanceof HTMLElement)) return;
  if (control.id) touched.add(control.id);
  if (control.dataset.redraw !== undefined) void act("redraw");
});
place.addEventListener("focusout", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.value) touched.add(event.target.id);
});
place.addEventListener("submit", (event) => {
  const button = /** @type {SubmitEvent} */ (event).submitter;
  const action = button instanceof HTMLButtonElement ? button.value : "save";
  if (IN_PLACE.test(action)) {
    event.preventDefault();
    void act(action);
  } else {
    leaving = true;
    clearTimeout(saveSoon);
  }
});
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const jump = event.target.closest("[data-jump]");
  if (jump) {
    event.preventDefault();
    focusOn(jump.getAttribute("data-jump") || "");
  }
  if (event.target.closest("[data-undo]")) travel("undo");
  if (event.target.closest("[data-redo]")) travel("redo");
});
document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && (key === "z" || key === "y")) {
    event.preventDefault();
    travel(key === "y" || event.shiftKey ? "redo" : "undo");
  } else if ((event.ctrlKey || event.metaKey) && key === "s") {
    event.preventDefault();
    void act("save");
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && event.target instanceof Element) {
    const row = event.target.closest("[data-row]");
    const button = row?.querySelector(`button[value^="${event.key === "ArrowUp" ? "up" : "down"}:"]`);
    if (button instanceof HTMLButtonElement && !button.disabled) {
      event.preventDefault();
      button.click();
    }
  }
});
addEventListener("pagehide", () => {
  if (leaving || snapshot(form()) === saved || form().dataset.conflict !== undefined) return;
  const body = new FormData(form());
  body.set("do", "auto");
  navigator.sendBeacon(form().action, body);
});

saved = snapshot(form());
dress();
if (location.hash.length > 1) focusOn(decodeURIComponent(location.hash.slice(1)));
