// @ts-check
/** The colour toggle of the person menu: light, dark, or as the system, remembered in this browser. */

const KEY = "kaizen.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** @returns {string} */
function choice() {
  try {
    return localStorage.getItem(KEY) || "system";
  } catch {
    return "system";
  }
}

function paint() {
  const wanted = choice();
  const dark = wanted === "dark" || (wanted === "system" && system.matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-theme-choice") === wanted));
  }
}

export function startTheme() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-theme-choice]") : null;
    if (!button) return;
    try {
      localStorage.setItem(KEY, button.getAttribute("data-theme-choice") || "system");
    } catch {
      // Without storage the choice holds for this page only.
    }
    paint();
  });
  system.addEventListener("change", paint);
  addEventListener("storage", paint);
  paint();
}
