// @ts-check
/** Small marks that stand on several things: problems, breakpoints, how far something is. */

import { useEditing } from "./context.js";
import { Icon } from "./icons.jsx";

export const STATES = { queued: "circle-dashed", running: "loader-2", waiting: "hourglass", ok: "circle-check", succeeded: "circle-check", failed: "circle-x" };

/** How far tests and sessions have gone through something: a sign and words, never a colour alone. */
export const COVERAGE = {
  tested: { icon: "check", words: "covered by tests" },
  seen: { icon: "eye", words: "seen in sessions only" },
  never: { icon: "minus", words: "never" },
};

/** @param {{ state?: string, short?: boolean, of?: string }} props `short`: the words are for screen readers only */
export function Covered({ state, short, of = "" }) {
  const told = /** @type {any} */ (COVERAGE)[state || ""];
  if (!told) return null;
  return (
    <span className="fe-cover" data-coverage={state} title={of ? `${of}: ${told.words}` : told.words}>
      <Icon name={told.icon} size={12} />
      <span className={short ? "visually-hidden" : undefined}>{told.words}</span>
    </span>
  );
}

/** @param {{ problems: any[] }} props */
export function Problems({ problems }) {
  if (!problems.length) return null;
  const bad = problems.some((p) => p.severity === "error");
  return (
    <span className="fe-problems" data-severity={bad ? "error" : "warning"} title={problems.map((p) => p.what).join("\n")}>
      <Icon name={bad ? "alert-circle" : "alert-triangle"} size={14} />
      {problems.length}
      <span className="visually-hidden">{bad ? " errors" : " warnings"}</span>
    </span>
  );
}

/** Turns of the test wait before what it stands on; the keyboard has B. @param {{ place: string, name: string, armed: boolean }} props */
export function Break({ place, name, armed }) {
  const { ui } = useEditing();
  const press = (/** @type {any} */ event) => {
    event.stopPropagation();
    ui.breakpoint(place, name, !armed);
  };
  return (
    <button type="button" className="fe-break nodrag nopan" tabIndex={-1} aria-pressed={armed} aria-label={`Breakpoint before ${name}`} title={armed ? "Turns of the test wait here (B)" : "Set a breakpoint (B)"} onClick={press}>
      <i />
    </button>
  );
}
