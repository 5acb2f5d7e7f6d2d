// @ts-check
/** Drop-down boxes of the agent pages: a click beside one or Escape closes it. They open without this script. */

/** @param {Node | null} kept */
function closeOthers(kept) {
  for (const box of document.querySelectorAll("details.ag-dropdown[open]")) {
    if (box instanceof HTMLDetailsElement && !(kept && box.contains(kept))) box.open = false;
  }
}

document.addEventListener("click", (event) => closeOthers(event.target instanceof Node ? event.target : null));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.ag-dropdown[open]");
  const opener = open?.querySelector("summary");
  closeOthers(null);
  if (opener instanceof HTMLElement) opener.focus();
});
