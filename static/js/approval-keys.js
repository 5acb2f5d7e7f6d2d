// @ts-check
/**
 * The keys of approval cards. A letter never decides: A points at the button and Enter presses it; E, R and B open what is
 * to be filled in. Letters that come while somebody types, or right after, do nothing.
 */

const REST_MS = 500;
const FIELDS = "input, textarea, select, [contenteditable]";
let typedAt = -REST_MS;

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLElement && Boolean(target.closest(FIELDS)) && !target.matches("input[type=checkbox]");
}

/** The card that a key is meant for: the one with the focus, else the only open one.
 * @param {EventTarget | null} target */
function cardFor(target) {
  const focused = target instanceof HTMLElement ? target.closest("[data-approval-card][data-open]") : null;
  const open = [...document.querySelectorAll("[data-approval-card][data-open]")];
  return focused || (open.length === 1 ? open[0] : null);
}

/** @param {Element} card @param {string} key */
function press(card, key) {
  const button = card.querySelector(`[data-key="${key}"]`);
  if (!(button instanceof HTMLElement) || button.hasAttribute("disabled")) return false;
  if (button.hasAttribute("data-arm")) {
    button.setAttribute("data-armed", "");
    button.addEventListener("blur", () => button.removeAttribute("data-armed"), { once: true });
    button.focus();
  } else {
    button.click();
  }
  return true;
}

/** The next or previous request of the inbox's list. @param {number} step */
function move(step) {
  const links = [...document.querySelectorAll(".inbox-list a[href*='open=']")];
  const now = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[now + step];
  if (next instanceof HTMLAnchorElement) next.click();
  return Boolean(next);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const now = performance.now();
  if (isField(event.target)) {
    typedAt = now;
    return;
  }
  const resting = now - typedAt >= REST_MS;
  if (event.key.length === 1 && !"aerbjk?".includes(event.key.toLowerCase())) typedAt = now;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !resting) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && document.activeElement instanceof HTMLElement && document.activeElement.hasAttribute("data-armed")) {
    document.activeElement.blur();
    return;
  }
  if (handled(event)) event.preventDefault();
}

/** @param {KeyboardEvent} event */
function handled(event) {
  const key = event.key.toLowerCase();
  const help = document.getElementById("inbox-keys");
  if (event.key === "?" && help instanceof HTMLDialogElement) {
    help.showModal();
    return true;
  }
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  if (!["a", "e", "r", "b"].includes(key)) return false;
  const card = cardFor(event.target);
  return card ? press(card, key) : false;
}

/** A list that is fetched anew while a button is armed must not take the aim away: the same card gets it back. */
function keepAim() {
  let aimed = "";
  document.addEventListener("htmx:beforeSwap", () => {
    aimed = document.querySelector("[data-armed]")?.closest("[data-approval-card]")?.id || "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    const card = aimed && document.activeElement === document.body ? document.getElementById(aimed) : null;
    if (card?.hasAttribute("data-open")) press(card, "a");
    aimed = "";
  });
}

export function startApprovalKeys() {
  document.addEventListener("keydown", onKey);
  keepAim();
}
