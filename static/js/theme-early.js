// @ts-check
// Runs before the first paint, so that no page flashes in the wrong colours: the remembered choice, else the system's.
// A classic script on purpose: modules run too late.
(() => {
  let choice = "system";
  try {
    choice = localStorage.getItem("kaizen.theme") || "system";
  } catch {
    // Storage may be forbidden; the system's colours are a good answer then.
  }
  const dark = choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
