// @ts-check
/** From a problem to the field of the inspector that shows it. */

/** The keyboard focus on the control of `field`, a path such as `bindings.age` or `next`; what hides it is opened.
 * @param {string} field @returns {boolean} whether there is one */
export function focusField(field) {
  const found = field && find(field);
  if (!found) return false;
  for (let box = found.closest("details"); box; box = box.parentElement?.closest("details") || null) box.open = true;
  found.focus();
  return document.activeElement === found;
}

/** @param {string} field @returns {HTMLElement | null} */
function find(field) {
  const inspector = document.getElementById("bd-inspector");
  const input = field.startsWith("bindings.") ? field.slice("bindings.".length) : "";
  const row = input && inspector?.querySelector(`[data-input="${CSS.escape(input)}"]`);
  if (row) return row.querySelector("select, button");
  for (let path = field; path; path = path.replace(/(^|[.[])[^.[]*$/, "")) {
    const own = inspector?.querySelector(`[id="${CSS.escape(path)}"]:not(details)`);
    if (own instanceof HTMLElement) return own;
    const inside = inspector?.querySelector(`:is(input, select, textarea, button)[id^="${CSS.escape(path)}."], :is(input, select, textarea, button)[id^="${CSS.escape(path)}["]`);
    if (inside instanceof HTMLElement) return inside;
  }
  return null;
}
