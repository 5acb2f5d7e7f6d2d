// @ts-check
// The code tab: line numbers that follow the text, a click on a fault that goes to its line, Tab that indents.

const WIDTH = "    ";

/** @param {HTMLTextAreaElement} area @param {HTMLElement} numbers */
function number(area, numbers) {
  const lines = area.value.split("\n").length;
  if (numbers.dataset.count !== String(lines)) {
    numbers.dataset.count = String(lines);
    numbers.textContent = Array.from({ length: lines }, (_, n) => String(n + 1)).join("\n");
  }
  numbers.scrollTop = area.scrollTop;
}

/** @param {HTMLTextAreaElement} area @param {number} line @param {number} column */
function goTo(area, line, column) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const end = start + (lines[line - 1] || "").length;
  area.focus();
  area.setSelectionRange(Math.min(start + Math.max(column - 1, 0), end), end);
  const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
  area.scrollTop = Math.max(0, (line - 4) * height);
  area.scrollIntoView({ block: "nearest" });
}

/** Tab indents and Shift+Tab takes back; after Escape the next Tab leaves the field, so that no keyboard is trapped.
 * @param {HTMLTextAreaElement} area */
function indentWithTab(area) {
  let leaving = false;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      leaving = true;
      return;
    }
    if (event.key !== "Tab" || leaving || event.ctrlKey || event.altKey || event.metaKey) {
      if (event.key !== "Shift") leaving = false;
      return;
    }
    event.preventDefault();
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const to = area.selectionEnd;
    const block = area.value.slice(from, to);
    const changed = event.shiftKey ? block.replace(/^ {1,4}/gm, "") : block.replace(/^/gm, WIDTH);
    area.setRangeText(changed, from, to, from === area.selectionStart && from === to ? "end" : "preserve");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** @param {ParentNode} root */
function start(root) {
  const area = root.querySelector("#code-text");
  const numbers = root.querySelector("[data-numbers]");
  if (!(area instanceof HTMLTextAreaElement) || !(numbers instanceof HTMLElement) || area.dataset.ready) return;
  area.dataset.ready = "1";
  area.addEventListener("input", () => number(area, numbers));
  area.addEventListener("scroll", () => number(area, numbers));
  indentWithTab(area);
  number(area, numbers);
  const saved = area.value;
  let sending = false;
  area.form?.addEventListener("submit", () => { sending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && area.isConnected && area.value !== saved) event.preventDefault();
  });
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-line]") : null;
  const area = document.querySelector("#code-text");
  if (!(link instanceof HTMLElement) || !(area instanceof HTMLTextAreaElement)) return;
  event.preventDefault();
  goTo(area, Number(link.dataset.line), Number(link.dataset.column));
});
document.addEventListener("htmx:load", (event) => { if (event.target instanceof Element) start(event.target); });
start(document);
