// @ts-check
/** The keys of the outline: they do what the buttons of the open element do. Nothing works by keys alone. */

import { openAt, openElement } from "./build.js";

const LETTERS = { n: "n", c: "c", f2: "rename", delete: "delete" };

/** @param {HTMLElement} page */
export function startKeys(page) {
  page.addEventListener("keydown", (event) => void onKey(page, event));
  startGrip(page);
}

/** @param {HTMLElement} page @param {KeyboardEvent} event */
async function onKey(page, event) {
  const target = event.target instanceof HTMLElement ? event.target : null;
  const key = event.key.toLowerCase();
  const writes = target?.matches("input, textarea, select");
  if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y") && !writes) {
    event.preventDefault();
    const way = key === "y" || event.shiftKey ? "redo" : "undo";
    return /** @type {HTMLElement | null} */ (page.querySelector(`button[name=way][value=${way}]`))?.click();
  }
  const row = target?.closest(".bd-row");
  if (!(row instanceof HTMLElement)) return undefined;
  if (event.altKey && (key === "arrowup" || key === "arrowdown")) return act(page, event, row, key === "arrowup" ? "up" : "down");
  if ((event.ctrlKey || event.metaKey) && key === "d") return act(page, event, row, "d");
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (["arrowdown", "arrowup", "home", "end", "arrowleft"].includes(key)) return go(page, event, row, key);
  const letter = /** @type {Record<string, string>} */ (LETTERS)[key];
  return letter ? act(page, event, row, letter) : undefined;
}

/** @param {HTMLElement} page @param {KeyboardEvent} event @param {HTMLElement} row @param {string} key */
function go(page, event, row, key) {
  event.preventDefault();
  const rows = /** @type {HTMLElement[]} */ ([...page.querySelectorAll(".bd-row")]);
  const here = rows.indexOf(row);
  const parent = row.closest("li")?.parentElement?.closest("li")?.querySelector(".bd-row");
  const goals = { arrowdown: rows[here + 1], arrowup: rows[here - 1], home: rows[0], end: rows.at(-1), arrowleft: parent };
  const goal = /** @type {Record<string, any>} */ (goals)[key];
  if (goal instanceof HTMLElement) goal.focus();
}

/** Opens the row's element when it is not open yet, then presses its button.
 * @param {HTMLElement} page @param {KeyboardEvent} event @param {HTMLElement} row @param {string} name */
async function act(page, event, row, name) {
  event.preventDefault();
  const at = row.dataset.at || "";
  if (at !== openAt()) await openElement(at);
  if (name === "rename") return rename(page);
  const found = page.querySelector(`[data-act="${name}"]`);
  if (found instanceof HTMLDetailsElement) {
    found.open = true;
    /** @type {HTMLElement | null} */ (found.querySelector("[data-first]"))?.focus();
  } else if (found instanceof HTMLElement) found.click();
  return undefined;
}

/** @param {HTMLElement} page */
async function rename(page) {
  const names = "#title, #label, #name";
  if (!page.querySelector(`#bd-form :is(${names})`)) await openElement(openAt(), { tab: "configure" });
  const field = page.querySelector(`#bd-form :is(${names})`);
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}

/** The width of the inspector: by pointer and by arrow keys, kept for the next visit. @param {HTMLElement} page */
function startGrip(page) {
  const grip = page.querySelector(".bd-grip");
  if (!(grip instanceof HTMLElement)) return;
  /** @param {number} wide */
  const set = (wide) => {
    const width = Math.round(Math.min(720, Math.max(320, wide)));
    page.style.setProperty("--bd-inspector", `${width}px`);
    grip.setAttribute("aria-valuenow", String(width));
    localStorage.setItem("kaizen-inspector", String(width));
  };
  const kept = Number(localStorage.getItem("kaizen-inspector"));
  if (kept) set(kept);
  grip.addEventListener("pointerdown", (event) => {
    grip.setPointerCapture(event.pointerId);
    const move = (/** @type {PointerEvent} */ at) => set(window.innerWidth - at.clientX);
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", () => grip.removeEventListener("pointermove", move), { once: true });
  });
  grip.addEventListener("keydown", (event) => {
    const now = Number(grip.getAttribute("aria-valuenow"));
    if (event.key === "ArrowLeft") set(now + 20);
    if (event.key === "ArrowRight") set(now - 20);
  });
}
