// @ts-check
/** What the canvas hears of the page around it: selection, the palette, the clipboard, keys that are meant for nobody else. */

import * as act from "./actions.js";
import { meaning } from "./keys.js";

/** Something of the palette (`data-add` or `data-palette`) is pulled over the canvas, by mouse, pen or finger. @param {PointerEvent} down @param {any} root @param {any} ui */
function pullFromPalette(down, root, ui) {
  const source = down.target instanceof Element ? down.target.closest("[data-palette], [data-add]") : null;
  if (!source || down.button !== 0) return;
  const title = (source.textContent || "").trim();
  const item = source.hasAttribute("data-palette") ? JSON.parse(source.getAttribute("data-palette") || "{}") : { kind: source.getAttribute("data-add"), name: source.getAttribute("data-name") || "", title };
  /** @type {HTMLElement | null} */
  let ghost = null;
  const move = (/** @type {PointerEvent} */ at) => {
    if (!ghost && Math.hypot(at.clientX - down.clientX, at.clientY - down.clientY) < 6) return;
    if (!ghost) {
      ghost = document.createElement("div");
      ghost.className = "fe-ghost";
      ghost.textContent = title;
      document.body.append(ghost);
    }
    ghost.style.transform = `translate(${at.clientX + 8}px, ${at.clientY + 8}px)`;
  };
  const stop = (/** @type {PointerEvent} */ at) => {
    for (const [name, does] of all) document.removeEventListener(name, /** @type {any} */ (does));
    ghost?.remove();
    const over = document.elementFromPoint(at.clientX, at.clientY);
    if (ghost && at.type === "pointerup" && root.current.contains(over)) ui.dropItem(item, at.clientX, at.clientY);
  };
  /** @type {[string, (event: any) => void][]} */
  const all = [["pointermove", move], ["pointerup", stop], ["pointercancel", stop], ["touchmove", (event) => ghost && event.preventDefault()]];
  for (const [name, does] of all) document.addEventListener(name, /** @type {any} */ (does), { passive: false });
}

/** Words from the page: selection in the outline, palette items that are dragged or pressed, the clipboard. @param {any} hands */
export function listen({ session, root, ui, places }) {
  /** @type {[EventTarget, string, (event: any) => void][]} */
  const all = [
    [document, "builder:select", (event) => event.detail?.origin !== "canvas" && (session.select(event.detail, { quiet: true }), ui.show(event.detail, false))],
    [document, "builder:refresh", (event) => void session.refresh(event.detail?.state)],
    [document, "builder:add", (event) => ui.add(event.detail, { into: event.detail.kind === "agent" ? ui.picked().pathways[0] : undefined })],
    [document, "pointerdown", (event) => pullFromPalette(event, root, ui)],
    [document, "copy", (event) => clip(event, false)],
    [document, "cut", (event) => clip(event, true)],
    [document, "paste", (event) => {
      if (!ours(event)) return;
      const into = ui.one(document.activeElement);
      if (into && act.pasteAgent(session, event.clipboardData.getData("text/plain"), into)) return event.preventDefault();
      const made = act.paste(session, event.clipboardData.getData("text/plain"), { x: 48, y: 48 });
      if (made) {
        event.preventDefault();
        requestAnimationFrame(() => ui.choose(made));
      }
      return undefined;
    }],
    [document, "keydown", (event) => { // undo works when the focus is nowhere in particular
      const what = document.activeElement === document.body ? meaning(event) : "";
      if (what === "undo" || what === "redo") { event.preventDefault(); ui.key(what, root.current); }
    }],
  ];
  /** @param {any} event */
  function ours(event) {
    const at = document.activeElement;
    return (root.current.contains(at) || at === document.body) && !event.target?.closest?.("input, textarea, dialog, [contenteditable]");
  }
  /** @param {any} event @param {boolean} cut */
  function clip(event, cut) {
    const { pathways } = ui.picked();
    const card = document.activeElement?.closest(".fe-card")?.getAttribute("data-agent");
    if (card && ours(event)) {
      event.preventDefault();
      event.clipboardData.setData("text/plain", act.copiedAgent(card, cut ? ui.one(document.activeElement) : ""));
      return session.tell(`${cut ? "Cut" : "Copied"} ${card}: paste it into a pathway`);
    }
    if (!ours(event) || !pathways.length || !document.getSelection()?.isCollapsed) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", act.copied(session, pathways, places()));
    session.tell(`${cut ? "Cut" : "Copied"} ${pathways.length}`);
    if (cut) ui.remove();
    return undefined;
  }
  for (const [target, name, does] of all) target.addEventListener(name, does);
  return () => {
    for (const [target, name, does] of all) target.removeEventListener(name, does);
  };
}
