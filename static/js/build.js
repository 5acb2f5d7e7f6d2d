// @ts-check
/**
 * The builder's page: opens elements, posts its forms and puts the parts that come back in place, keeps the outline, the
 * canvas and other people's changes in step. The server draws everything; here is when it is asked.
 */

import "./agent_menus.js";
import { focusField } from "./build_focus.js";
import { startKeys } from "./build_keys.js";
import { startPresence } from "./build_presence.js";

const page = /** @type {HTMLElement} */ (document.getElementById("main"));
const SAVE_MS = 30; // of a change that is made: typing tells nothing before its field is left
const PARTS = ["bd-bar", "bd-notice", "bd-outline", "bd-inspector", "bd-problems", "bd-data", "bd-log"];
const BESIDE = PARTS.filter((part) => part !== "bd-inspector");
/** @type {number | undefined} */
let saveSoon;
/** @type {Set<string>} ids of fields that were changed since their form was last sent */
const touched = new Set();
const unsaved = () => [...touched].some((id) => id !== "code"); // code is saved by its button only
/** @type {Map<string, string>} what each part was drawn as, by the server's digest */
const drawn = new Map();
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
 * @param {string} at @param {{ tab?: string, quiet?: boolean, focus?: boolean, field?: string }} [how] */
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
  if (!focusField(how.field || "") && how.focus) document.getElementById("bd-open-title")?.focus();
  if (!how.quiet) tellCanvas(at);
}

/** @param {string} at */
function tellCanvas(at) {
  const [kind, id = "", pathway = ""] = at.split(":");
  document.dispatchEvent(new CustomEvent("builder:select", { detail: { kind, id, ...(pathway ? { pathway } : {}), origin: "outline" } }));
}

/** @param {string} at @param {string} tab @param {string[] | (() => string[])} [only] */
async function fetchParts(at, tab, only) {
  const answer = await fetch(`${page.dataset.parts}?${new URLSearchParams({ at, tab })}`, { headers: asking() });
  if (answer.ok) await place(await answer.text(), only);
}

/** Which parts are wanted, and what of them is here already. @param {boolean} [beside] */
function asking(beside = false) {
  return { "X-Part": beside ? "beside" : "all", "X-Have": [...drawn].map(([id, digest]) => `${id}=${digest}`).join(",") };
}

/** Puts parts in place. What was typed since they were asked for is saved first where they show another element.
 * @param {string} html @param {string[] | (() => string[])} [only] @param {boolean} [quiet] */
async function place(html, only = PARTS, quiet = false) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const form = formOf();
  const wanted = typeof only === "function" ? only() : only;
  if (!form || !unsaved() || !wanted.includes("bd-inspector") || isSame(fresh.content)) return swap(fresh.content, wanted, quiet);
  await post(form, null, true);
  swap(fresh.content, wanted, quiet);
  return fetchParts(openAt(), open()?.dataset.tab || "");
}

/** Whether these parts show the element and the tab that are open. @param {DocumentFragment} fresh */
function isSame(fresh) {
  const told = /** @type {HTMLElement | null} */ (fresh.querySelector("[data-told]"));
  return told?.dataset.at === open()?.dataset.at && told?.dataset.tab === open()?.dataset.tab;
}

/** What somebody else, or the canvas, changed: forms that are being typed in stay. */
export function refresh() {
  const typing = () => formOf()?.contains(document.activeElement) || saveSoon !== undefined || touched.size > 0;
  return inLine(() => fetchParts(openAt(), open()?.dataset.tab || "", () => (typing() ? BESIDE : PARTS)));
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
  const sent = form === formOf() ? [...touched] : [];
  for (const id of sent) touched.delete(id);
  if (form === formOf()) drawn.delete("bd-inspector");
  const answer = await send(form.action, body, quiet);
  if (!answer) {
    for (const id of sent) touched.add(id);
    return undefined;
  }
  const html = await answer.text();
  const told = answer.ok && /<script id="bd-state"[^>]*>(.*?)<\/script>/s.exec(html);
  if (answer.ok) document.dispatchEvent(new CustomEvent("builder:refresh", { detail: { origin: "outline", state: told ? JSON.parse(told[1]) : undefined } }));
  await place(html, quiet && answer.ok ? BESIDE : PARTS, quiet);
  return undefined;
}

/** The answer with fresh parts; null, and the person is told, where nothing was saved. @param {string} url @param {URLSearchParams} body @param {boolean} beside */
async function send(url, body, beside) {
  say("Saving …");
  try {
    const state = page.dataset.view === "canvas" ? { "X-State": "canvas" } : {};
    const answer = await fetch(url, { method: "POST", body, headers: { ...asking(beside), ...state } });
    if ([200, 409, 422].includes(answer.status)) return answer;
    say(`The server answered ${answer.status}: not saved`, "bad");
  } catch {
    say("The server cannot be reached: not saved yet", "bad");
  }
  return null;
}

/** @param {DocumentFragment} fresh @param {string[]} only @param {boolean} quiet */
function swap(fresh, only, quiet) {
  const before = document.activeElement;
  const focus = { id: before?.id || "", at: before?.closest("[data-at]")?.getAttribute("data-at") || "", part: before?.closest("#bd-outline") ? "row" : "" };
  const kept = [...document.querySelectorAll("details[open][id]")].map((box) => box.id);
  const typed = only.includes("bd-inspector") ? takeTyped(fresh) : [];
  for (const id of only) {
    const part = fresh.querySelector(`[data-part="${id}"]`);
    const place = document.getElementById(id);
    if (!(part instanceof HTMLElement) || !place || part.dataset.same !== undefined) continue;
    place.replaceChildren(...part.childNodes);
    if (part.dataset.digest) drawn.set(id, part.dataset.digest);
  }
  const told = /** @type {HTMLElement | null} */ (fresh.querySelector("[data-told]"));
  keepRevision(fresh, told);
  for (const id of kept) {
    const box = document.getElementById(id);
    if (box instanceof HTMLDetailsElement) box.open = true;
  }
  dress();
  if (!quiet || (before && !before.isConnected)) giveFocus(quiet ? "" : told?.dataset.focus || "", focus);
  for (const old of typed) giveTyped(old);
  if (told?.dataset.said) tell(told.dataset.said);
  const url = new URL(location.href);
  if (told?.dataset.at && only.includes("bd-inspector")) {
    url.searchParams.set("at", told.dataset.at);
    history.replaceState(null, "", url);
  }
}

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

/** The fields that were changed since the form was sent: a fresh form of the same element gets what they hold.
 * @param {DocumentFragment} fresh @returns {Field[]} */
function takeTyped(fresh) {
  const fields = /** @type {Field[]} */ ([...touched].map((id) => document.getElementById(id)).filter(Boolean));
  touched.clear();
  return isSame(fresh) ? fields : [];
}

/** @param {Field} old */
function giveTyped(old) {
  const field = /** @type {Field | null} */ (document.getElementById(old.id));
  if (!field || field.type !== old.type) return;
  if (old instanceof HTMLInputElement && (old.type === "checkbox" || old.type === "radio")) /** @type {HTMLInputElement} */ (field).checked = old.checked;
  else field.value = old.value;
  if (field === document.activeElement && "setSelectionRange" in field && "selectionStart" in old && old.selectionStart !== null) field.setSelectionRange(old.selectionStart, old.selectionEnd);
  touched.add(field.id);
  if (field.id === "code") return;
  clearTimeout(saveSoon);
  saveSoon = window.setTimeout(() => void flush(), SAVE_MS);
}

/** A form that stays makes its next save on the draft as it is now. @param {DocumentFragment} fresh @param {HTMLElement | null} told */
function keepRevision(fresh, told) {
  const here = open();
  if (!told || !here || told.dataset.at !== here.dataset.at) return;
  here.dataset.revision = told.dataset.revision;
  for (const input of here.querySelectorAll("input[name=revision]")) /** @type {HTMLInputElement} */ (input).value = told.dataset.revision || "";
  const title = fresh.querySelector("[data-part=bd-open-title]") || fresh.querySelector("#bd-open-title");
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
  state.style.minInlineSize = `${state.offsetWidth}px`; // a shorter text would let the bar, and everything below it, jump
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
  if (saveSoon === undefined && !unsaved()) return;
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
page.addEventListener("input", (event) => {
  if (event.target instanceof HTMLElement && event.target.id && formOf()?.contains(event.target)) {
    touched.add(event.target.id);
    drawn.delete("bd-inspector");
  }
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
  const [tab, field] = [link.getAttribute("data-tab-link") || link.getAttribute("data-tab") || "", link.getAttribute("data-field") || ""];
  void openElement(at, { tab, field, focus: link.hasAttribute("data-at") && (event.detail === 0 || link.hasAttribute("data-field")) });
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
  if ((saveSoon === undefined && !unsaved()) || !form) return;
  const body = new FormData(form);
  body.set("do", "save");
  navigator.sendBeacon(form.action, body);
});

dress();
startKeys(page);
startPresence(page);
