// @ts-check
/** Native dialogs: a button with data-dialog="id" opens one, data-close closes it. Without script the same form is a page. */

export function startDialogs() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.getAttribute("data-dialog") || "");
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      event.target.closest("dialog")?.close();
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) void navigator.clipboard?.writeText(copy.getAttribute("data-copy") || "");
  });
}
