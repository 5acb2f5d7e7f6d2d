// @ts-check
/**
 * The page's one websocket. It carries hints, never truth: what is on the page comes from the server's partials, so a
 * lost, doubled or late message costs nothing. Reconnects with growing pauses and says so in the bar.
 */

/** @typedef {{type: string, topic?: string, run?: string, seq?: number, event?: any, path?: string, text?: string, pending?: number}} LiveMessage */

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 15000;
const PING_MS = 25000;

export class PageSocket extends EventTarget {
  /** @param {string[]} topics */
  constructor(topics) {
    super();
    this.topics = topics;
    /** @type {Map<string, number>} the last sequence number seen of each run */
    this.cursor = new Map();
    /** @type {WebSocket | null} */
    this.socket = null;
    this.pause = FIRST_PAUSE_MS;
    this.wasOpen = false;
    this.stopped = false;
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    setInterval(() => this.send({ type: "ping" }), PING_MS);
  }

  open() {
    if (this.stopped || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    const query = new URLSearchParams({ topics: this.topics.join(",") });
    if (this.cursor.size) query.set("after", [...this.cursor].map(([run, seq]) => `${run}:${seq}`).join(","));
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/v1/page?${query}`);
    this.socket = socket;
    socket.addEventListener("open", () => this.opened());
    socket.addEventListener("message", (message) => this.heard(JSON.parse(message.data)));
    socket.addEventListener("close", (close) => this.closed(close.code));
  }

  /** Tries at once, without waiting for the pause to end. */
  now() {
    if (this.timer) clearTimeout(this.timer);
    this.pause = FIRST_PAUSE_MS;
    this.open();
  }

  /** @param {object} message */
  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  opened() {
    this.pause = FIRST_PAUSE_MS;
    showState("");
    this.dispatchEvent(new CustomEvent("open", { detail: { again: this.wasOpen } }));
    this.wasOpen = true;
  }

  /** @param {LiveMessage} message */
  heard(message) {
    if (message.type === "event" && message.run && message.seq) {
      if (message.seq <= (this.cursor.get(message.run) || 0)) return;
      this.cursor.set(message.run, message.seq);
    }
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  /** @param {number} code */
  closed(code) {
    this.socket = null;
    if (code === 4401 || code === 4403) {
      this.stopped = true;
      showState(code === 4401 ? "Signed out: reload the page" : "Your rights have changed: reload the page");
      return;
    }
    if (code === 4404) {
      this.stopped = true;
      return;
    }
    this.dispatchEvent(new CustomEvent("lost"));
    showState("Reconnecting …");
    this.timer = setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }
}

/** @param {string} text */
function showState(text) {
  const state = document.getElementById("link-state");
  if (!state) return;
  state.hidden = !text;
  state.textContent = text;
}

/** @type {PageSocket | null} */
let page = null;

/** The socket of this page, opened on first use; null on pages without a signed-in person.
 * @returns {PageSocket | null} */
export function pageSocket() {
  if (page) return page;
  if (!document.querySelector("[data-approvals-badge]")) return null;
  const own = document.querySelector("[data-topics]")?.getAttribute("data-topics");
  page = new PageSocket([...(own ? own.split(",") : []), "approvals"]);
  page.open();
  return page;
}
