// @ts-check
/**
 * One person's editing of one draft: the draft as it will be, its layout, and who listens.
 * Knows nothing of React and draws nothing.
 */

import { tidy } from "./flow.js";
import { applyOps } from "./ops.js";
import { SaveQueue } from "./queue.js";

const ORIGIN = "canvas";

/** @param {any} a @param {any} b */
export function sameJson(a, b) {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

export class Session {
  /** @param {HTMLElement} host @param {any} state @param {any} urls */
  constructor(host, state, urls) {
    this.host = host;
    this.state = normal({ palette: {}, presence: [], ...state });
    this.told = this.state.layout;
    this.state.layout = this.placed(this.state);
    this.paint = { nodes: {}, edges: {} };
    this.save = { state: "saved", text: urls.edit ? "Saved" : "", waiting: 0 };
    this.selection = { kind: "", id: "" };
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    this.version = 0;
    this.fits = 0; // counts the answers about what fits
    this.urls = urls;
    this.queue = new SaveQueue(
      { editUrl: urls.edit, undoUrl: urls.undo, stateUrl: urls.state, token: csrf, key: `kaizen-builder:${urls.edit}` },
      {
        onState: (fresh, drained) => this.stored(fresh, drained),
        onSave: (save) => this.change({ save }),
        onRefused: (why) => this.refused(why),
        onUndone: (what) => this.tell(what),
        same: (draft) => sameJson(draft, this.state.draft),
      },
    );
    this.queue.revision = state.revision || 0;
    this.resume();
  }

  close() {
    this.queue.close();
    this.listeners.clear();
  }

  // --- reading

  subscribe = (/** @type {() => void} */ listener) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  getState = () => this.state;
  getSave = () => this.save;
  getPaint = () => this.paint;
  getVersion = () => this.version;
  getSelection = () => this.selection;
  getFits = () => this.fits;

  // --- changing

  /** @param {Partial<Session>} what */
  change(what) {
    Object.assign(this, what);
    this.version += 1;
    for (const listener of [...this.listeners]) listener();
  }

  /**
   * Does it here at once and on the server as soon as it can be.
   * @param {string} label what the list of changes will say @param {any[]} ops @param {Record<string, {x: number, y: number} | null>} [places]
   */
  edit(label, ops, places) {
    const draft = applyOps(this.state.draft, ops);
    const layout = places ? withPlaces(this.state.layout, places) : this.state.layout;
    this.put(label, draft, layout, ops);
  }

  /** @param {string} label @param {any} draft @param {any} layout @param {any[]} ops */
  put(label, draft, layout, ops) {
    const patch = patchOf(this.told, layout);
    if (patch) this.told = layout;
    this.change({ state: { ...this.state, draft, layout } });
    this.host.dispatchEvent(new CustomEvent("graph-change", { bubbles: true, detail: { label, ops, draft, layout } }));
    if (this.urls.edit) this.queue.push({ label, ops, ...(patch ? { layout: patch } : {}) });
  }

  /** The server keeps the one list of changes: what it takes back is drawn when it answers. @param {boolean} [redo] */
  undo(redo = false) {
    if (this.urls.undo) this.queue.push({ label: redo ? "Redo" : "Undo", ops: [], undo: redo ? "redo" : "undo" });
  }

  // --- the server

  /** @param {any} fresh @param {boolean} drained whether nothing is on its way any more */
  stored(fresh, drained) {
    const next = { ...this.state, revision: fresh.revision, problems: problemsOf(fresh.problems), edges: fresh.edges || {}, presence: fresh.presence || [] };
    if (fresh.palette) next.palette = fresh.palette;
    if (drained && fresh.draft && !sameJson(fresh.draft, this.state.draft)) next.draft = fresh.draft;
    if (drained && fresh.layout) next.layout = this.placed(fresh);
    this.change({ state: next });
    this.announceState(fresh);
  }

  /** The layout as the server has it. What nobody placed is placed here and told with the first edit. @param {any} fresh */
  placed(fresh) {
    this.told = layoutOf(fresh.layout);
    if (Object.keys(this.told.nodes).length || !fresh.draft?.pathways?.length) return this.told;
    return { ...this.told, nodes: tidy(fresh.draft) };
  }

  /** @param {any} fresh */
  announceState(fresh) {
    document.dispatchEvent(new CustomEvent("builder:state", { detail: { ...fresh, origin: ORIGIN } }));
  }

  /** Somebody else (the outline, the inspector, the code tab) has changed the draft: what is here is read again. @param {any} [told] the state, where it is known already */
  async refresh(told) {
    if (!this.urls.state || this.queue.waiting.length) return undefined;
    if (told) return this.take(told);
    const answer = await fetch(this.urls.state, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return undefined;
    const fresh = await answer.json();
    return this.queue.waiting.length ? undefined : this.take(fresh);
  }

  /** A question to the server; an answer that does not come says why. @param {string} what @param {Record<string, string>} about @returns {Promise<any>} */
  async ask(what, about) {
    const url = this.urls[what];
    if (!url) return null;
    for (let n = 0; n < 40 && this.queue.waiting.length; n += 1) await new Promise((later) => setTimeout(later, 50)); // the server must know what is asked about
    try {
      const answer = await fetch(`${url}?${new URLSearchParams(about)}`, { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : { rows: [], failed: `the server answered ${answer.status}` };
    } catch {
      return { rows: [], failed: "the server cannot be reached" };
    }
  }

  /** @param {any} fresh */
  take(fresh) {
    this.queue.revision = fresh.revision;
    const layout = this.placed(fresh);
    this.change({ state: { ...this.state, ...normal(fresh), palette: fresh.palette || this.state.palette, layout }, save: { ...this.save, state: "saved", text: this.save.text || "Saved", waiting: 0 } });
  }

  /** @param {string} why */
  async refused(why) {
    this.change({ save: { state: "refused", text: `Not saved: ${why}`, waiting: 0 } });
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: `That was not saved: ${why}`, level: "error" } }));
    const answer = await fetch(this.urls.state, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) this.take(await answer.json());
    this.change({ save: { state: "refused", text: `Not saved: ${why}`, waiting: 0 } });
  }

  /** What an earlier page could not send goes first. */
  resume() {
    if (!this.urls.edit) return;
    const left = this.queue.left();
    for (const change of left) {
      try {
        const draft = applyOps(this.state.draft, change.ops);
        this.state = { ...this.state, draft, layout: change.layout ? withPlaces(this.state.layout, change.layout.nodes || {}) : this.state.layout };
      } catch {
        continue; // it no longer fits; the server says so when it is sent
      }
    }
    if (!left.length) return;
    this.queue.waiting = left;
    queueMicrotask(() => void this.queue.send());
  }

  // --- telling

  /** @param {{kind: string, id: string}} what @param {{ open?: boolean, quiet?: boolean }} [how] */
  select(what, how = {}) {
    const same = what.kind === this.selection.kind && what.id === this.selection.id;
    if (!same) this.change({ selection: what });
    if (how.quiet || (same && !how.open)) return;
    this.host.dispatchEvent(new CustomEvent("select", { bubbles: true, detail: what }));
    document.dispatchEvent(new CustomEvent("builder:select", { detail: { ...what, open: Boolean(how.open), origin: ORIGIN } }));
  }

  /** @param {string} text for screen readers */
  tell(text) {
    const live = this.host.querySelector("[data-say]");
    if (live) live.textContent = text;
  }
}

/** What the server says, in the words of the canvas. @param {any} state @returns {any} */
function normal(state) {
  return { ...state, layout: layoutOf(state.layout), problems: problemsOf(state.problems) };
}

/** @param {any[]} problems */
function problemsOf(problems) {
  return (problems || []).map((p) => ({ ...p, severity: p.severity || p.level || "error", what: p.what || p.message || "", focus: focusOf(p) }));
}

/** What a problem is about: as the server says, else by its path. @param {any} problem */
function focusOf({ focus, where }) {
  const KINDS = { node: "pathway", edge: "transition" };
  if (focus?.id || focus?.kind) return { ...focus, kind: /** @type {any} */ (KINDS)[focus.kind] || focus.kind };
  const [list, id] = String(where || "").split(/[.[\]]/);
  const kind = { pathways: "pathway", transitions: "transition", agents: "agent" }[list];
  return kind ? { kind, id: id || "" } : { kind: "journey", id: "" };
}

/** @param {any} layout @returns {{ nodes: Record<string, {x: number, y: number}> }} */
export function layoutOf(layout) {
  return { ...layout, nodes: layout?.nodes || {} };
}

/** @param {any} layout @param {Record<string, {x: number, y: number} | null>} places null: the place is forgotten */
function withPlaces(layout, places) {
  const nodes = { ...layout.nodes };
  for (const [id, place] of Object.entries(places)) {
    if (place) nodes[id] = { x: Math.round(place.x), y: Math.round(place.y) };
    else delete nodes[id];
  }
  return { ...layout, nodes };
}

/** What has to be told of a new layout: places that are new (null: gone); null when nothing has moved. @param {any} before @param {any} after */
function patchOf(before, after) {
  /** @type {Record<string, any>} */
  const nodes = {};
  for (const [id, place] of Object.entries(after.nodes)) if (before.nodes[id]?.x !== place.x || before.nodes[id]?.y !== place.y) nodes[id] = place;
  for (const id of Object.keys(before.nodes)) if (!after.nodes[id]) nodes[id] = null;
  return Object.keys(nodes).length ? { nodes } : null;
}

function csrf() {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"));
  if (field) return field.value;
  try {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  } catch {
    return "";
  }
}
