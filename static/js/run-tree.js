// @ts-check
/** The step tree and the step in detail: links become parts, filters work while one types, further rows come when scrolled to. */

import { addressWith, fetchParts, revealChosen, show } from "./run-parts.js";

const TYPING_MS = 200;
const PAGE_ROWS = 150;

/** @param {HTMLElement} body */
export function startTree(body) {
  let typing = 0;
  body.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const followed = follow(link);
    if (followed) event.preventDefault();
  });
  body.addEventListener("change", (event) => {
    const form = event.target instanceof HTMLSelectElement ? event.target.closest(".run-filter") : null;
    if (form instanceof HTMLFormElement) filter(form);
  });
  body.addEventListener("input", (event) => {
    const form = event.target instanceof HTMLInputElement ? event.target.closest(".run-filter") : null;
    if (!(form instanceof HTMLFormElement)) return;
    clearTimeout(typing);
    typing = window.setTimeout(() => filter(form), TYPING_MS);
  });
  body.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.matches(".run-filter")) return;
    event.preventDefault();
    filter(event.target);
  });
  body.addEventListener("keydown", (event) => walk(body, event));
  body.addEventListener("parts-changed", () => watchRows(body));
  watchRows(body);
  revealChosen();
}

/** @param {HTMLAnchorElement} link
 * @returns {boolean} */
function follow(link) {
  const { step, set, at, rows, newest } = link.dataset;
  if (step !== undefined) {
    mark(step);
    void show({ step }, ["detail"]);
  } else if (set !== undefined) {
    const changes = Object.fromEntries(new URLSearchParams(set));
    const ofStep = "show" in changes || "as" in changes || "against" in changes;
    void show(ofStep ? { step: chosen(), ...changes } : changes, ofStep ? ["detail"] : ["tree"]);
  } else if (at !== undefined) {
    void show({ at, step: "" }, ["state", "chart", "readout", "tree", "detail"]).then(toHandle);
  } else if (newest !== undefined) {
    void show({ at: "" }, ["state", "chart", "readout", "tree", "detail"]).then(toHandle);
  } else if (rows !== undefined) {
    void more(link, rows);
  } else return false;
  return true;
}

/** The handle stands at the event that is shown. */
function toHandle() {
  const handle = document.getElementById("tl-scrub");
  const at = document.getElementById("tl-readout")?.dataset.at;
  if (handle instanceof HTMLInputElement && at) handle.value = at;
}

function chosen() {
  return document.getElementById("run-detail")?.dataset.path || "";
}

/** Marks the row of a step at once, wherever the link to it stands.
 * @param {string} step */
function mark(step) {
  const list = document.getElementById("run-row-list");
  for (const old of list?.querySelectorAll("a[aria-current]") || []) old.removeAttribute("aria-current");
  list?.querySelector(`a[data-step="${CSS.escape(step)}"]`)?.setAttribute("aria-current", "true");
}

/** @param {HTMLFormElement} form */
function filter(form) {
  const given = new FormData(form);
  const of = (/** @type {string} */ name) => String(given.get(name) || "").trim();
  void show({ q: of("q"), kind: of("kind"), only: of("only") }, ["tree"]);
}

/** Puts the rows that a link names in its place, or before all others.
 * @param {HTMLAnchorElement} link @param {string} offset */
async function more(link, offset) {
  if (link.dataset.asked) return;
  link.dataset.asked = "1";
  const html = await fetchParts(addressWith({ offset, count: link.dataset.count || "" }), ["rows"]);
  const list = document.getElementById("run-row-list");
  if (html === null || !list) {
    delete link.dataset.asked;
    return;
  }
  const box = document.createElement("template");
  box.innerHTML = html;
  if (link.dataset.place === "before") {
    box.content.querySelector(".run-next")?.remove();
    const first = list.firstElementChild;
    const rows = list.parentElement;
    const height = rows?.scrollHeight || 0;
    list.insertBefore(box.content, first);
    if (rows) rows.scrollTop += rows.scrollHeight - height;
    earlier(link, Number(offset));
  } else {
    link.parentElement?.replaceWith(box.content);
  }
  const body = document.getElementById("run");
  if (body) watchRows(body);
}

/** @param {HTMLAnchorElement} link @param {number} offset */
function earlier(link, offset) {
  if (offset <= 0) link.remove();
  else {
    const before = Math.max(0, offset - PAGE_ROWS);
    link.dataset.rows = String(before);
    link.dataset.count = String(offset - before);
    delete link.dataset.asked;
  }
}

/** Further rows are fetched shortly before one has scrolled to them.
 * @param {HTMLElement} body */
function watchRows(body) {
  const rows = body.querySelector("#run-rows");
  const next = body.querySelector(".run-next a");
  if (!rows || !(next instanceof HTMLAnchorElement)) return;
  const seen = new IntersectionObserver(
    (found) => {
      if (!found.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      if (next.dataset.rows) void more(next, next.dataset.rows);
    },
    { root: rows, rootMargin: "400px" },
  );
  seen.observe(next);
}

/** Up and down walk through the rows.
 * @param {HTMLElement} body @param {KeyboardEvent} event */
function walk(body, event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const from = event.target instanceof Element ? event.target.closest("#run-row-list a") : null;
  if (!from) return;
  const all = [...body.querySelectorAll("#run-row-list a")];
  const to = all[all.indexOf(from) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!(to instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  to.focus();
  if (to.dataset.step !== undefined) follow(to);
}
