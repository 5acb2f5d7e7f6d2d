// @ts-check
/** The keys of the canvas: one table, read by the canvas and shown by its help. */

export const KEYS = [
  ["Tab", "to the next pathway or transition, and through the cards of an open pathway"],
  ["Arrow keys", "move what is selected (with Shift: further); a card: earlier or later in its pathway"],
  ["Enter", "open it in the inspector"],
  ["N", "add a pathway or an agent"],
  ["A", "add an agent to the pathway"],
  ["C", "connect the pathway to another"],
  ["M", "map the fields of a transition; on a card: move the agent to another pathway"],
  ["P", "how the agents of the pathway answer together"],
  ["B", "breakpoint: turns of the test wait here"],
  ["F2", "rename"],
  ["Del", "delete"],
  ["Ctrl + D", "duplicate"],
  ["Ctrl + C, X, V", "copy, cut, paste pathways - also into another journey - and the card of an agent"],
  ["Ctrl + A", "select all"],
  ["Ctrl + Z, Ctrl + Y", "undo, redo"],
  ["/", "find"],
  ["T", "tidy"],
  ["+, -, 0", "nearer, further, everything"],
  ["Shift + drag", "select with a box"],
  ["?", "this list"],
];

const PLAIN = { n: "add", a: "agent", b: "breakpoint", c: "connect", m: "mapping", p: "pattern", t: "tidy", "/": "find", "?": "help", "+": "nearer", "=": "nearer", "-": "further", "0": "fit", F2: "rename", Delete: "remove", Backspace: "remove", Enter: "open" };
const ON_CARD = { Enter: "open", " ": "open", b: "breakpoint", m: "move", Delete: "remove", Backspace: "remove", ArrowUp: "earlier", ArrowDown: "later", ArrowLeft: "stay", ArrowRight: "stay", ContextMenu: "actions" };
const WITH_CONTROL = { d: "duplicate", z: "undo", y: "redo", a: "all", f: "find" };

/** What a key means here; empty: nothing. @param {KeyboardEvent | import("react").KeyboardEvent} event @returns {string} */
export function meaning(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest("input, textarea, select, dialog, [contenteditable]")) return "";
  const inButton = Boolean(target.closest("button, a"));
  if (event.altKey) return "";
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return key === "z" && event.shiftKey ? "redo" : /** @type {any} */ (WITH_CONTROL)[key] || "";
  if (inButton && (key === "Enter" || key === " ")) return "";
  return /** @type {any} */ (PLAIN)[key] || "";
}

/** What a key means on the card of an agent; empty: what it means on the canvas. @param {KeyboardEvent | import("react").KeyboardEvent} event @returns {string} */
export function cardMeaning(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return "";
  if (event.shiftKey) return event.key === "F10" ? "actions" : "";
  return /** @type {any} */ (ON_CARD)[event.key.length === 1 ? event.key.toLowerCase() : event.key] || "";
}
