// @ts-check
/** Undo and redo over the states of a form. A state is the form as it would be posted; typing in one go is one step. */

const GATHER_MS = 600;
const MOST = 200;
/** What belongs to the moment of posting and not to what the person wrote. */
const PASSING = new Set(["csrfmiddlewaretoken", "revision", "seen_revision", "base", "whole", "do", "title", "notes"]);

/** @param {HTMLFormElement} form @returns {string} */
export function snapshot(form) {
  const kept = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !PASSING.has(name) && !name.startsWith("choice:")) kept.append(name, value);
  }
  return kept.toString();
}

export class History {
  /** @param {string} first @param {() => void} changed */
  constructor(first, changed) {
    this.past = [first];
    /** @type {string[]} */
    this.future = [];
    this.changed = changed;
    this.at = 0;
    this.where = "";
  }

  /** @param {string} state @param {string} [where] the control that was changed; without it, a step of its own */
  push(state, where = "") {
    if (state === this.past[this.past.length - 1]) return;
    const now = Date.now();
    const goesOn = where !== "" && where === this.where && now - this.at < GATHER_MS;
    if (goesOn && this.past.length > 1) this.past[this.past.length - 1] = state;
    else this.past.push(state);
    this.at = now;
    this.where = where;
    this.future = [];
    if (this.past.length > MOST) this.past.shift();
    this.changed();
  }

  /** @returns {string | undefined} the state to go back to */
  undo() {
    if (this.past.length < 2) return undefined;
    this.future.push(/** @type {string} */ (this.past.pop()));
    this.at = 0;
    this.changed();
    return this.past[this.past.length - 1];
  }

  /** @returns {string | undefined} */
  redo() {
    const state = this.future.pop();
    if (state === undefined) return undefined;
    this.past.push(state);
    this.at = 0;
    this.changed();
    return state;
  }
}
