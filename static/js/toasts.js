// @ts-check
/** Short messages in the corner: those that the page came with, those of htmx answers (HX-Trigger: toast), and errors. */

const STAYS_MS = 7000;

/**
 * @param {string} text
 * @param {"info" | "success" | "warning" | "error"} [level]
 */
export function toast(text, level = "info") {
  const region = document.getElementById("toasts");
  if (!region) return;
  const box = document.createElement("div");
  box.className = "kz-toast";
  box.dataset.level = level;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  box.append(words, close);
  region.append(box);
  letGo(box);
}

/** Errors stay until they are dismissed; nobody should miss one by looking away.
 * @param {HTMLElement} box */
function letGo(box) {
  if (box.dataset.level !== "error") setTimeout(() => box.remove(), STAYS_MS);
}

/** Says something to screen readers only.
 * @param {string} text */
export function announce(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

export function startToasts() {
  for (const box of document.querySelectorAll(".kz-toast")) if (box instanceof HTMLElement) letGo(box);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-dismiss]") : null;
    button?.closest(".kz-toast")?.remove();
  });
  document.addEventListener("toast", (event) => {
    const { text, level } = /** @type {CustomEvent} */ (event).detail;
    toast(text, level);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = /** @type {CustomEvent} */ (event).detail.xhr.status;
    toast(status === 404 ? "This no longer exists, or you may not do this." : `The server answered ${status}; nothing was changed.`, "error");
  });
  document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. Try again in a moment.", "error"));
}
