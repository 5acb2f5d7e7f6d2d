// @ts-check
/** A small modal window of the editor: the browser's own dialog, which keeps the keyboard inside and gives it back. */

import { useEffect, useRef } from "react";

/** @param {{ title: string, onClose: () => void, wide?: boolean, children: any }} props */
export function Dialog({ title, onClose, wide, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    box.current?.showModal();
    /** @type {HTMLElement | null} */ (box.current?.querySelector("[data-first]"))?.focus();
    return () => before?.focus?.({ preventScroll: true });
  }, []);
  return (
    <dialog
      ref={box}
      className="fe-dialog"
      data-wide={wide ? "" : undefined}
      aria-label={title}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => { if (event.target === box.current) onClose(); }}
    >
      <div className="fe-dialog-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

/** @param {{ title: string, label: string, value: string, ok: string, onDone: (value: string) => void, onClose: () => void }} props */
export function Ask({ title, label, value, ok, onDone, onClose }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.select(), []);
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); onDone(field.current?.value.trim() || ""); }}>
        <label className="form-label">{label}<input ref={field} className="form-control" defaultValue={value} maxLength={120} autoFocus /></label>
        <div className="fe-buttons">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button className="btn btn-primary">{ok}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** What else changes, before something goes. @param {{ title: string, told: string[], ok: string, onDone: () => void, onClose: () => void }} props */
export function Confirm({ title, told, ok, onDone, onClose }) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>This changes as well:</p>
      <ul>{told.map((line) => <li key={line}>{line}</li>)}</ul>
      <p className="form-hint">Undo brings everything back.</p>
      <div className="fe-buttons">
        <button type="button" className="btn" onClick={onClose}>Cancel</button>
        <button type="button" className="btn btn-danger" onClick={onDone} autoFocus>{ok}</button>
      </div>
    </Dialog>
  );
}
