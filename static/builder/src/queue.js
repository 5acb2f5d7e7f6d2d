// @ts-check
/**
 * Changes on their way to the server: in order, one request at a time, kept in the browser until they are stored.
 * Nothing is lost when the network, the server or the page goes away.
 */

const AGAIN_MS = [1000, 2000, 5000, 10000];

/**
 * @typedef {{ ops: any[], layout?: any, label: string, undo?: "undo" | "redo" }} Change `undo`: not an edit, the server takes back or does again
 * @typedef {{ state: "saved" | "saving" | "offline" | "conflict" | "refused", text: string, waiting: number, link?: string }} SaveState
 */

export class SaveQueue {
  /**
   * @param {{ editUrl: string, undoUrl: string, stateUrl: string, token: () => string, key: string }} where
   * @param {{ onState: (state: any, drained: boolean) => void, onSave: (save: SaveState) => void, onRefused: (why: string) => void, onUndone: (what: string) => void, same: (draft: any) => boolean }} told
   */
  constructor(where, told) {
    this.where = where;
    this.told = told;
    /** @type {Change[]} */
    this.waiting = [];
    this.revision = 0;
    this.busy = false;
    this.stopped = false;
    this.tries = 0;
    this.again = () => void this.send();
    window.addEventListener("online", this.again);
  }

  close() {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.again);
  }

  /** Changes that an earlier page could not send. @returns {Change[]} */
  left() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.where.key) || "null");
      return Array.isArray(kept?.changes) ? kept.changes : [];
    } catch {
      return [];
    }
  }

  keep() {
    try {
      if (this.waiting.length) localStorage.setItem(this.where.key, JSON.stringify({ revision: this.revision, changes: this.waiting }));
      else localStorage.removeItem(this.where.key);
    } catch {
      // a full or forbidden store: the change is still in this page and is still sent
    }
  }

  /** @param {Change} change */
  push(change) {
    const last = this.waiting.at(-1);
    if (last && !change.ops.length && !last.ops.length && !change.undo && !last.undo && !(this.busy && this.waiting.length === 1)) {
      last.layout = { nodes: { ...last.layout?.nodes, ...change.layout?.nodes } };
    } else this.waiting.push(change);
    this.keep();
    void this.send();
  }

  async send() {
    if (this.busy || this.stopped || !this.waiting.length || !this.where.editUrl) return;
    this.busy = true;
    clearTimeout(this.timer);
    this.told.onSave({ state: "saving", text: "Saving …", waiting: this.waiting.length });
    const change = this.waiting[0];
    try {
      const answer = await fetch(change.undo ? this.where.undoUrl : this.where.editUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.where.token() },
        body: JSON.stringify(change.undo ? { redo: change.undo === "redo" } : { revision: this.revision, ops: change.ops, label: change.label.slice(0, 200), ...(change.layout ? { layout: change.layout } : {}) }),
      });
      await (change.undo ? this.readUndo(answer) : this.read(answer));
    } catch {
      this.wait();
    } finally {
      this.busy = false;
    }
    if (!this.timer && this.waiting.length && !this.stuck) void this.send();
  }

  /** @param {Response} answer */
  async read(answer) {
    if (answer.ok) return this.done(await answer.json());
    if (answer.status >= 500 || answer.status === 429) return this.wait();
    const body = await answer.json().catch(() => ({}));
    if (answer.status === 409) return this.conflict(body);
    const why = body.detail || body.problems?.[0]?.message || body.problems?.[0]?.what || `the server answered ${answer.status}`;
    this.waiting = [];
    this.keep();
    this.told.onRefused(String(why));
    return undefined;
  }

  /** What cannot be taken back takes nothing else with it. @param {Response} answer */
  async readUndo(answer) {
    if (answer.status >= 500 || answer.status === 429) return this.wait();
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.done(body);
      return this.told.onUndone(body.done?.[0]?.label || "Done");
    }
    this.waiting.shift();
    this.keep();
    const why = String(body.problems?.[0]?.message || body.detail || `the server answered ${answer.status}`);
    if (!this.waiting.length) this.told.onSave({ state: "saved", text: `Saved ${clock()}`, waiting: 0 });
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: why.charAt(0).toUpperCase() + why.slice(1), level: "info" } }));
    return this.told.onUndone(why);
  }

  /** @param {any} state */
  done(state) {
    this.tries = 0;
    this.waiting.shift();
    this.revision = state.revision;
    this.keep();
    this.told.onState(state, this.waiting.length === 0);
    if (!this.waiting.length) this.told.onSave({ state: "saved", text: `Saved ${clock()}`, waiting: 0 });
  }

  wait() {
    const pause = AGAIN_MS[Math.min(this.tries, AGAIN_MS.length - 1)];
    this.tries += 1;
    const n = this.waiting.length;
    this.told.onSave({ state: "offline", text: `Offline: ${n} change${n === 1 ? "" : "s"} kept`, waiting: n });
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.send();
    }, pause);
  }

  /** Somebody else was first, or our own answer was lost on its way. @param {any} body */
  async conflict(body) {
    const fresh = await fetch(this.where.stateUrl, { headers: { Accept: "application/json" } }).then((r) => r.json());
    if (this.told.same(fresh.draft)) {
      this.waiting = [];
      this.revision = fresh.revision;
      this.keep();
      this.told.onState(fresh, true);
      this.told.onSave({ state: "saved", text: `Saved ${clock()}`, waiting: 0 });
      return;
    }
    this.stuck = true;
    const who = body.who || body.by || "Somebody else";
    this.told.onSave({ state: "conflict", text: body.what || body.detail || `${who} has changed this journey`, waiting: this.waiting.length, link: body.merge_url || body.link || body.merge });
  }
}

function clock() {
  return new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}
