// @ts-check
/** The palette as a list that is searched: what can be put here, filtered to what fits. */

import { useMemo, useState } from "react";
import { Dialog } from "./dialog.jsx";
import { Icon } from "./icons.jsx";

/** @param {any} fields */
export const namesOf = (fields) => (fields || []).map((/** @type {any} */ f) => (typeof f === "string" ? f : f.name)).join(", ") || "…";

/**
 * @param {{ palette: any, into?: string, from?: string, titleOf: (id: string) => string, onPick: (item: any) => void, onClose: () => void }} props
 * `into`: an agent for this pathway. `from`: a pathway that is connected with this one at once.
 */
export function Picker({ palette, into, from, titleOf, onPick, onClose }) {
  const [word, setWord] = useState("");
  const items = useMemo(() => choices(palette, Boolean(into)), [palette, into]);
  const fits = items.filter((item) => `${item.title} ${item.note} ${item.group}`.toLowerCase().includes(word.trim().toLowerCase()));
  const title = into ? `Add to ${titleOf(into)}` : from ? `What comes after ${titleOf(from)}?` : "Add to the journey";
  const keys = (/** @type {import("react").KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll("input, .fe-option")];
    const next = all[(all.indexOf(/** @type {any} */ (document.activeElement)) + step + all.length) % all.length];
    /** @type {HTMLElement} */ (next).focus();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div onKeyDown={keys}>
        <input className="form-control" type="search" placeholder="Search" aria-label="Search what can be added" value={word} autoFocus onChange={(event) => setWord(event.target.value)}
          onKeyDown={(event) => { if (event.key === "Enter" && fits[0]) { event.preventDefault(); onPick(fits[0]); } }} />
        <ul className="fe-options">
          {fits.map((item) => (
            <li key={`${item.kind}:${item.name}`}>
              <button type="button" className="fe-option" onClick={() => onPick(item)}>
                <Icon name={item.icon} />
                <span><b>{item.title}</b><small>{item.note}</small></span>
              </button>
            </li>
          ))}
          {!fits.length && <li className="fe-none">Nothing here is called “{word}”.</li>}
        </ul>
      </div>
    </Dialog>
  );
}

/** @param {any} palette @param {boolean} agentsOnly */
function choices(palette, agentsOnly) {
  const agents = [
    { kind: "agent", name: "", title: "New agent", note: "from scratch, in this journey only", icon: "plus", group: "new" },
    ...(palette?.agents || []).map((/** @type {any} */ a) => ({ kind: "agent", name: a.slug || a.name, title: a.title || a.name, note: `${namesOf(a.inputs)} → ${namesOf(a.outputs)}`, icon: a.kind === "pipeline" ? "stack-2" : "robot", group: a.kind || "agent" })),
  ];
  if (agentsOnly) return agents;
  return [{ kind: "pathway", name: "", title: "New pathway", note: "a stage of the conversation", icon: "plus", group: "pathway" }, ...agents.map((a) => ({ ...a, note: a.name ? `in a pathway of its own: ${a.note}` : "in a pathway of its own" }))];
}
