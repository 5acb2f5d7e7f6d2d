// @ts-check
/**
 * The builder's page: opens elements, posts its forms and puts the parts that come back in place, keeps the outline, the
 * canvas and other people's changes in step. The server draws everything; here is when it is asked.
 */

import "./agent_menus.js";
import { startKeys } from "./build_keys.js";
import { startPresence } from "./build_presence.js";

const page = /** @type {HTMLElement} */ (document.getElementById("main"));
const SAVE_MS = 60; // of a change that is made: typing tells nothing before its field is left
const PARTS = ["bd-bar", "bd-notice", "bd-outline", "bd-inspector", "bd-problems", "bd-data", "bd-log"];
/** @type {number | undefined} */
let saveSoon;
/** @type {Promise<unknown>} posts go one after the other: each needs the revision of the one before */
let line = Promise.resolve();

const open = () => /** @type {HTMLElement} */ (page.querySelector(".bd-open"));
const formOf = () => /** @type {HTMLFormElement | null} */ (document.querySelector("[data-autosave]"));
export const openAt = () => open()?.dataset.at || "journey";
export const revision = () => Number(open()?.dataset.revision || 0);

let wanted = ""; // the element that is being opened

/** @param {() => Promise<unknown>} work */
function inLine(work) {
  line = line.then(work, work);
  return line;
}

/** Opens an element: everything typed is saved first.
 * @param {string} at @param {{ tab?: string, quiet?: boolean, focus?: boolean }} [how] */
export async function openElement(at, how = {}) {
  wanted = at;
  await flush();
  await inLine(() => fetchParts(at, how.tab || ""));
  if (wanted === at) wanted = "";
  const url = new URL(location.href);
  url.searchParams.set("at", at);
  if (how.tab) url.searchParams.set("tab", how.tab);
  else url.searchParams.delete("tab");
  history.replaceState(null, "", url);
  if (how.focus) document.getElementById("bd-open-title")?.focus();
  if (!how.quiet) tellCanvas(at);
}

/** @param {string} at */
function tellCanvas(at) {
  const [kind, id = "", pathway = ""] = at.split(":");
  document.dispatchEvent(new CustomEvent("builder:select", { detail: { kind, id, ...(pathway ? { pathway } : {}), origin: "outline" } }));
}

/** @param {string} at @param {string} tab @param {string[]} [only] */
async function fetchParts(at, tab, only) {
  const answer = await fetch(`${page.dataset.parts}?${new URLSearchParams({ at, tab })}`, { headers: { "X-Part": "all" } });
  if (answer.ok) swap(await answer.text(), only);
}

/** What somebody else, or the canvas, changed: forms that are being typed in stay. */
export function refresh() {
  const typing = formOf()?.contains(document.activeElement) || saveSoon !== undefined;
  return inLine(() => fetchParts(openAt(), open()?.dataset.tab || "", typing ? PARTS.filter((part) => part !== "bd-inspector") : PARTS));
}

/** Posts a form as its button would, and shows what came of it.
 * @param {HTMLFormElement} form @param {HTMLElement | null} button @param {boolean} [quiet] keep the form that is typed in */
async function post(form, button, quiet = false) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  if (button instanceof HTMLButtonElement && button.name) body.append(button.name, button.value);
  if (quiet) body.set("do", "save");
  const fresh = String(revision());
  if (body.has("revision") && form !== formOf()) body.set("revision", fresh);
  say("Saving …");
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "all" } });
  } catch {
    return say("The server cannot be reached: not saved yet", "bad");
  }
  if (![200, 409, 422].includes(answer.status)) return say(`The server answered ${answer.status}: not saved`, "bad");
  swap(await answer.text(), quiet && answer.ok ? PARTS.filter((part) => part !== "bd-inspector") : PARTS, quiet);
  if (answer.ok) document.dispatchEvent(new CustomEvent("builder:refresh", { detail: { origin: "outline" } }));
  return undefined;
}

/** @param {string} html @param {string[]} [only] @param {boolean} [quiet] */
function swap(html, only = PARTS, quiet = false) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const before = document.activeElement;
  const focus = { id: before?.id || "", at: before?.closest("[data-at]")?.getAttribute("data-at") || "", part: before?.closest("#bd-outline") ? "row" : "" };
  const kept = [...document.querySelectorAll("details[open][id]")].map((box) => box.id);
  for (const id of only) {
    const part = fresh.content.querySelector(`[data-part="${id}"]`);
    const place = document.getElementById(id);
    if (part && place) place.replaceChildren(...part.childNodes);
  }
  const told = /** @type {HTMLElement | null} */ (fresh.content.querySelector("[data-said]"));
  if (!only.includes("bd-inspector")) keepRevision(fresh.content);
  for (const id of kept) {
    const box = document.getElementById(id);
    if (box instanceof HTMLDetailsElement) box.open = true;
  }
  dress();
  if (!quiet || (before && !before.isConnected)) giveFocus(quiet ? "" : told?.dataset.focus || "", focus);
  if (told?.dataset.said) tell(told.dataset.said);
  const url = new URL(location.href);
  if (told?.dataset.at && only.includes("bd-inspector")) {
    url.searchParams.set("at", told.dataset.at);
    history.replaceState(null, "", url);
  }
}

/** The form stays, but its next save is made on the draft as it is now. @param {DocumentFragment} fresh */
function keepRevision(fresh) {
  const now = /** @type {HTMLElement | null} */ (fresh.querySelector(".bd-open"));
  const here = open();
  if (!now || !here || now.dataset.at !== here.dataset.at) return;
  here.dataset.revision = now.dataset.revision;
  for (const input of here.querySelectorAll("input[name=revision]")) /** @type {HTMLInputElement} */ (input).value = now.dataset.revision || "";
  const title = now.querySelector("#bd-open-title");
  if (title) here.querySelector("#bd-open-title")?.replaceChildren(...title.childNodes);
}

/** @param {string} wanted @param {{ id: string, at: string, part: string }} before */
function giveFocus(wanted, before) {
  const named = wanted && (document.getElementById(wanted) || document.querySelector(`button[value="${CSS.escape(wanted)}"]`));
  const row = before.part === "row" && page.querySelector(`.bd-row[aria-current]`);
  const found = named || (before.part === "row" ? page.querySelector(`.bd-row[data-at="${CSS.escape(before.at)}"]`) || row : document.getElementById(before.id));
  if (found instanceof HTMLElement) found.focus();
  else if (document.activeElement === document.body) document.getElementById("bd-open-title")?.focus();
}

/** @param {string} text */
function tell(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

/** @param {string} text @param {string} [tone] */
function say(text, tone = "") {
  const state = document.getElementById("bd-saved");
  if (!state) return;
  state.textContent = text;
  state.setAttribute("data-tone", tone);
}

/** What freshly drawn parts want of the script. */
function dress() {
  for (const box of page.querySelectorAll("[data-needs-script]")) if (box instanceof HTMLElement) box.hidden = false;
  const view = page.dataset.view || "outline";
  for (const link of page.querySelectorAll("[data-view-link]")) {
    if (link.getAttribute("data-view-link") === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Saves what was typed and not saved yet. */
export async function flush() {
  if (saveSoon === undefined) return;
  clearTimeout(saveSoon);
  saveSoon = undefined;
  const form = formOf();
  if (form) await inLine(() => post(form, null, true));
}

page.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.bdForm === undefined) return;
  event.preventDefault();
  const button = /** @type {SubmitEvent} */ (event).submitter;
  if (form === formOf()) {
    clearTimeout(saveSoon);
    saveSoon = undefined;
    void inLine(() => post(form, button));
  } else void flush().then(() => inLine(() => post(form, button)));
});
page.addEventListener("change", (event) => {
  const form = formOf();
  if (!form || !(event.target instanceof HTMLElement) || !form.contains(event.target) || event.target.id === "code") return;
  clearTimeout(saveSoon);
  if (event.target.dataset.redraw !== undefined) {
    saveSoon = undefined;
    void inLine(() => post(form, null));
  } else saveSoon = window.setTimeout(() => void flush(), SAVE_MS);
});
page.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-at], a[data-tab-link]") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const at = link.getAttribute("data-at") || wanted || openAt();
  void openElement(at, { tab: link.getAttribute("data-tab-link") || "", focus: link.hasAttribute("data-at") && event.detail === 0 });
});
page.addEventListener("click", (event) => {
  const add = event.target instanceof Element ? event.target.closest("[data-add]") : null;
  if (add) document.dispatchEvent(new CustomEvent("builder:add", { detail: { kind: add.getAttribute("data-add"), name: add.getAttribute("data-name") || "" } }));
});
document.addEventListener("builder:select", (event) => {
  const { kind, id, pathway, origin } = /** @type {CustomEvent} */ (event).detail || {};
  if (origin !== "canvas" || !["journey", "pathway", "transition", "agent", ""].includes(kind)) return;
  void openElement([kind || "journey", id, pathway].filter(Boolean).join(":"), { quiet: true });
});
document.addEventListener("builder:state", (event) => {
  if (/** @type {CustomEvent} */ (event).detail?.origin === "canvas") void refresh();
});
addEventListener("pagehide", () => {
  const form = formOf();
  if (saveSoon === undefined || !form) return;
  const body = new FormData(form);
  body.set("do", "save");
  navigator.sendBeacon(form.action, body);
});

dress();
startKeys(page);
startPresence(page);
