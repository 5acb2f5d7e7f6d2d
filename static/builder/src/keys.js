// @ts-check
/** The keys of the canvas: one table, read by the canvas and shown by its help. */

export const KEYS = [
  ["Tab", "to the next pathway or transition"],
  ["Arrow keys", "move what is selected (with Shift: further)"],
  ["Enter", "open it in the inspector"],
  ["N", "add a pathway or an agent"],
  ["A", "add an agent to the pathway"],
  ["C", "connect the pathway to another"],
  ["M", "map the fields of a transition"],
  ["F2", "rename"],
  ["Del", "delete"],
  ["Ctrl + D", "duplicate"],
  ["Ctrl + C, X, V", "copy, cut, paste - also into another journey"],
  ["Ctrl + A", "select all"],
  ["Ctrl + Z, Ctrl + Y", "undo, redo"],
  ["/", "find"],
  ["T", "tidy"],
  ["+, -, 0", "nearer, further, everything"],
  ["Shift + drag", "select with a box"],
  ["?", "this list"],
];

const PLAIN = { n: "add", a: "agent", c: "connect", m: "mapping", t: "tidy", "/": "find", "?": "help", "+": "nearer", "=": "nearer", "-": "further", "0": "fit", F2: "rename", Delete: "remove", Backspace: "remove", Enter: "open" };
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
