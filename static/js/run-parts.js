// @ts-check
/** Asks the server for parts of the run page and puts each in the place of the element with its id. The address always says what
 * is shown, so that a reload and a link show the same. */

const body = document.getElementById("run");
/** @type {AbortController | null} */
let asking = null;
/** @type {Set<string>} parts that a cancelled request would have brought: the next one brings them */
const owed = new Set();

/** @returns {URL} */
export function here() {
  return new URL(body?.dataset.url || location.pathname, location.origin);
}

/** The address of the page with some names of its query changed; an empty value takes a name away.
 * @param {Record<string, string>} changes
 * @returns {URL} */
export function addressWith(changes) {
  const url = here();
  url.search = location.search;
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

/** Shows the run with `changes` in its address: fetches `parts` and replaces them. A newer call cancels an older one.
 * @param {Record<string, string>} changes @param {string[]} parts
 * @returns {Promise<boolean>} whether the parts were replaced */
export async function show(changes, parts) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const url = addressWith(changes);
  history.replaceState(history.state, "", url);
  for (const part of parts) owed.add(part);
  const html = await fetchParts(url, [...owed], mine.signal);
  if (html === null || mine.signal.aborted) return false;
  owed.clear();
  putParts(html);
  return true;
}

/** What is on its way is not wanted any more: something newer is about to be asked for, and will bring it. */
export function cancel() {
  asking?.abort();
}

/** @param {URL} url @param {string[]} parts @param {AbortSignal} [signal]
 * @returns {Promise<string | null>} */
export async function fetchParts(url, parts, signal) {
  const asked = new URL(url);
  asked.searchParams.set("part", parts.join(","));
  try {
    const answer = await fetch(asked, { headers: { "HX-Request": "true" }, signal });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** @param {string} html */
export function putParts(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const focused = document.activeElement instanceof HTMLElement ? focusName(document.activeElement) : "";
  for (const part of [...box.content.children]) {
    const old = document.getElementById(part.id);
    if (!old) continue;
    const scrolled = old.querySelector("#run-rows")?.scrollTop;
    old.replaceWith(part);
    const rows = part.querySelector("#run-rows");
    if (rows && scrolled !== undefined) rows.scrollTop = scrolled;
    // @ts-ignore htmx is a classic script of the page
    window.htmx.process(part);
  }
  revealChosen();
  if (focused && document.activeElement === document.body) refocus(focused);
  body?.dispatchEvent(new CustomEvent("parts-changed"));
}

/** Scrolls the tree, and nothing else, to the chosen row when it is out of sight. */
export function revealChosen() {
  const rows = document.getElementById("run-rows");
  const chosen = rows?.querySelector("a[aria-current]");
  if (!rows || !(chosen instanceof HTMLElement)) return;
  const [top, bottom] = [chosen.offsetTop - rows.offsetTop, chosen.offsetTop - rows.offsetTop + chosen.offsetHeight];
  if (top < rows.scrollTop) rows.scrollTop = top - 40;
  else if (bottom > rows.scrollTop + rows.clientHeight) rows.scrollTop = bottom - rows.clientHeight + 40;
}

/** @param {HTMLElement} element */
function focusName(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  for (const name of ["step", "set", "at", "zoom"]) {
    const value = element.dataset[name];
    if (value) return `[data-${name}="${CSS.escape(value)}"]`;
  }
  return "";
}

/** @param {string} name */
function refocus(name) {
  const found = body?.querySelector(name);
  if (found instanceof HTMLElement) found.focus({ preventScroll: true });
}
