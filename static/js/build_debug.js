// @ts-check
/**
 * Debugging in the builder: the test beside the canvas, its turns painted live on canvas and outline, coverage, breakpoints,
 * pins and one agent alone. Hears the session's events and asks the server what to show; without it the forms do the same.
 */

import { flush, refresh } from "./build.js";
import { pageSocket } from "./socket.js";
import { toast } from "./toasts.js";

const SOON_MS = 120;
const STEP_MS = 600;
const page = /** @type {HTMLElement} */ (document.getElementById("main"));
const test = /** @type {HTMLElement | null} */ (document.getElementById("bd-test"));
const coverage = document.getElementById("bd-coverage");
/** @type {Record<string, { text: string, tone: string }>} what stands at the rows of the outline */
let notes = {};
/** @type {number | undefined} */
let soon;
/** @type {number | undefined} */
let stepSoon;

const covering = () => coverage?.getAttribute("aria-pressed") === "true";

/* ---- painting ---- */

async function paint() {
  if (!test) return;
  const query = new URLSearchParams();
  if (covering()) query.set("show", "coverage");
  else if (test.dataset.run) query.set("run", test.dataset.run);
  const answer = await ask(`${test.dataset.paint}?${query}`);
  if (!answer?.ok) return;
  const told = await answer.json();
  const canvas = /** @type {any} */ (document.querySelector("flow-editor"));
  if (canvas) canvas.paint = { nodes: told.nodes, edges: told.edges };
  notes = told.outline;
  markRows();
  legend(told);
}

/** @param {{ percent?: { pathway: number, transition: number }, refusal?: string }} told */
function legend(told) {
  const line = document.getElementById("bd-legend");
  if (!line) return;
  const percent = told.percent;
  line.hidden = !covering();
  if (percent) line.textContent = `Tests cover ${percent.pathway} % of the pathways and ${percent.transition} % of the transitions.`;
  else line.textContent = told.refusal ? `The draft cannot be measured: ${told.refusal}` : "";
}

/** The same as text, at the rows of the outline. */
function markRows() {
  for (const row of page.querySelectorAll(".bd-row")) {
    const note = notes[row.getAttribute("data-at") || ""];
    const old = row.querySelector("[data-debug-note]");
    if (!note) {
      old?.remove();
      continue;
    }
    const chip = old || document.createElement("span");
    if (chip.textContent === note.text && chip.getAttribute("data-tone") === note.tone) continue;
    chip.className = "kz-chip";
    chip.setAttribute("data-debug-note", "");
    chip.setAttribute("data-tone", note.tone);
    chip.textContent = note.text;
    if (!old) row.append(chip);
  }
}

/* ---- what stands beside ---- */

/** Many events become one look. */
function look() {
  clearTimeout(soon);
  soon = window.setTimeout(() => void Promise.all([paint(), fetchParts()]), SOON_MS);
}

async function fetchParts() {
  if (!test?.dataset.session) return;
  const answer = await ask(test.dataset.parts || "");
  if (answer?.ok) swap(await answer.text());
}

/** @param {string} html */
function swap(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const part of fresh.content.querySelectorAll("[data-part]")) {
    const place = document.getElementById(part.getAttribute("data-part") || "");
    if (!place || (place.contains(document.activeElement) && document.activeElement instanceof HTMLTextAreaElement)) continue;
    const open = [...place.querySelectorAll("details[open][id]")].map((box) => box.id);
    const shut = [...place.querySelectorAll("details[id]:not([open])")].map((box) => box.id);
    const focus = place.contains(document.activeElement) ? nameOf(document.activeElement) : "";
    place.replaceChildren(...part.childNodes);
    for (const box of place.querySelectorAll("details[id]")) {
      if (open.includes(box.id)) /** @type {HTMLDetailsElement} */ (box).open = true;
      if (shut.includes(box.id)) /** @type {HTMLDetailsElement} */ (box).open = false;
    }
    const again = focus && [...place.querySelectorAll("button, summary")].find((one) => nameOf(one) === focus);
    if (again instanceof HTMLElement) again.focus();
  }
  show();
}

/** @param {Element | null} element */
const nameOf = (element) => (element ? `${element.closest("[data-place]")?.getAttribute("data-place") || ""} ${element.textContent?.trim()}` : "");

function show() {
  for (const box of page.querySelectorAll("[data-needs-script]")) if (box instanceof HTMLElement) box.hidden = false;
  for (const button of page.querySelectorAll("[data-full]")) button.setAttribute("aria-pressed", String(test?.dataset.wide !== undefined));
}

/** @param {string} side */
function showSide(side) {
  page.dataset.side = side;
  for (const link of page.querySelectorAll("[data-side-link]")) {
    if (link.getAttribute("data-side-link") === side) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const url = new URL(location.href);
  url.searchParams.set("side", side);
  history.replaceState(null, "", url);
}

/* ---- forms ---- */

/** @param {HTMLFormElement} form @param {HTMLElement | null} button */
async function post(form, button) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  if (button instanceof HTMLButtonElement && button.name) body.append(button.name, button.value);
  const answer = await ask(form.action, { method: "POST", body, headers: { "X-Part": "test" } });
  if (!answer) return toast("The server cannot be reached. Try again in a moment.", "error");
  if (answer.status !== 409 && answer.status !== 422 && !answer.ok) return toast(`The server answered ${answer.status}.`, "error");
  if (document.activeElement instanceof HTMLTextAreaElement && answer.ok) document.activeElement.blur();
  swap(await answer.text());
  void paint();
  if (form.closest("#bd-inspector")) await refresh();
  return undefined;
}

/** A breakpoint that was set on the canvas. @param {{ place: string, armed: boolean }} wanted */
async function arm({ place, armed }) {
  if (!test) return undefined;
  const token = /** @type {HTMLInputElement | null} */ (page.querySelector("[name=csrfmiddlewaretoken]"));
  const body = new URLSearchParams({ place, armed: armed ? "on" : "off", csrfmiddlewaretoken: token?.value || "" });
  const answer = await ask(test.dataset.breakpoint || "", { method: "POST", body, headers: { "X-Part": "test" } });
  if (!answer) return toast("The server cannot be reached. Try again in a moment.", "error");
  swap(await answer.text());
  const why = document.querySelector("#bd-test-state [role=alert]")?.textContent?.trim();
  if (!answer.ok) return toast(`There is no breakpoint now: ${why || `the server answered ${answer.status}`}`, "error");
  return Promise.all([paint(), refresh()]);
}

/** @param {string} url @param {RequestInit} [how] @returns {Promise<Response | null>} */
async function ask(url, how) {
  return fetch(url, how).catch(() => null);
}

/** The newest run of one agent alone, until it has ended. */
function watchStep() {
  clearTimeout(stepSoon);
  if (!document.querySelector("[data-step-going]")) return;
  stepSoon = window.setTimeout(async () => {
    const place = document.getElementById("bd-step");
    const answer = place && (await ask(place.dataset.url || ""));
    if (place && answer?.ok) place.innerHTML = await answer.text();
    watchStep();
  }, STEP_MS);
}

page.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const button = /** @type {SubmitEvent} */ (event).submitter;
  if (form.dataset.debugForm !== undefined) {
    event.preventDefault();
    void post(form, button);
  } else if (form.dataset.testForm !== undefined && form.dataset.saved === undefined) {
    event.preventDefault(); // what was typed last belongs to the draft that is tested
    void flush().then(() => {
      form.dataset.saved = "";
      setTimeout(() => form.requestSubmit(button)); // not while this submit is still being told
    });
  }
});
page.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const side = target?.closest("[data-side-link]");
  if (side && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    showSide(side.getAttribute("data-side-link") || "inspector");
  }
  if (target?.closest("[data-full]") && test) {
    test.toggleAttribute("data-wide");
    show();
  }
  if (coverage && target && coverage.contains(target)) {
    coverage.setAttribute("aria-pressed", String(!covering()));
    void paint();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || test?.dataset.wide === undefined) return;
  test.removeAttribute("data-wide");
  show();
});
document.addEventListener("builder:select", (event) => {
  const { id } = /** @type {CustomEvent} */ (event).detail || {};
  if (id) showSide("inspector");
});
document.addEventListener("builder:breakpoint", (event) => void arm(/** @type {CustomEvent} */ (event).detail));
document.addEventListener("builder:state", look);
document.addEventListener("builder:refresh", look);

/* ---- start ---- */

const inspector = document.getElementById("bd-inspector");
const outline = document.getElementById("bd-outline");
if (outline) new MutationObserver(markRows).observe(outline, { childList: true });
if (inspector) new MutationObserver(watchStep).observe(inspector, { childList: true });
document.getElementById("bd-frame")?.addEventListener("load", (event) => {
  const frame = /** @type {HTMLIFrameElement} */ (event.target);
  const inside = frame.contentDocument?.getElementById("main")?.dataset.session;
  if (inside && inside !== test?.dataset.session) location.reload(); // a branch was opened: that is the test now
});
show();
watchStep();
void paint();
if (test?.dataset.session) {
  const socket = pageSocket();
  for (const heard of ["event", "talk", "open"]) socket?.addEventListener(heard, look);
}
