// @ts-check
/** The list of turns: fetches a turn's partial, puts it in its place, shows live text. Knows no socket and no outbox. */

import { isDeciding } from "./approvals.js";
import { announce } from "./toasts.js";

const NO_RUN = "00000000-0000-0000-0000-000000000000";
const GATHER_MS = 80;

export class Turns {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    this.url = list.dataset.turnUrl || "";
    /** @type {Map<string, number>} */
    this.soon = new Map();
    /** @type {Map<string, string>} newest live text of a run, to survive a swap of its turn */
    this.live = new Map();
    this.scroll = /** @type {HTMLElement} */ (document.getElementById("scroll"));
    this.toEnd = document.getElementById("to-end");
    this.scroll.addEventListener("scroll", () => this.showWay());
    this.toEnd?.addEventListener("click", () => this.end());
    this.end();
  }

  /** @param {string} run */
  find(run) {
    return document.getElementById(`turn-${run}`);
  }

  /** Fetches the turn again soon; many events become one request.
   * @param {string} run */
  refresh(run) {
    clearTimeout(this.soon.get(run));
    this.soon.set(run, window.setTimeout(() => void this.fetch(run), GATHER_MS));
  }

  refreshGoing() {
    for (const turn of this.list.querySelectorAll("[data-going][data-run]")) this.refresh(turn.getAttribute("data-run") || "");
  }

  /** @param {string} run */
  async fetch(run) {
    this.soon.delete(run);
    try {
      const answer = await fetch(this.url.replace(NO_RUN, run), { headers: { "HX-Request": "true" } });
      if (answer.ok) this.put(await answer.text());
    } catch {
      // The socket's next "open" asks again.
    }
  }

  /** Puts the partial of a turn in its place by sequence number, replacing what stood for it before.
   * @param {string} html */
  put(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    const turn = box.content.querySelector(".turn");
    if (!(turn instanceof HTMLElement)) return;
    const near = this.nearEnd();
    const run = turn.dataset.run || "";
    const said = this.list.querySelector(`[data-client-id="${CSS.escape(turn.dataset.clientId || "-")}"]`);
    const old = this.find(run) || said;
    const answeredNow = turn.querySelector("[data-reply]") && !old?.querySelector("[data-reply]");
    if (old && isDeciding(old) && turn.querySelector("[data-approval-card][data-open]")) return;
    if (old && !old.classList.contains("turn-local")) old.replaceWith(turn);
    else {
      old?.remove();
      this.insert(turn);
    }
    // @ts-ignore htmx is a classic script of the page
    window.htmx.process(turn);
    if (turn.dataset.going === undefined) this.live.delete(run);
    else this.showText(run, this.live.get(run) || "");
    if (answeredNow) announce(turn.querySelector("[data-reply]")?.textContent?.trim() || "");
    if (near) this.end();
    this.list.dispatchEvent(new CustomEvent("turn-changed", { detail: { run, ended: turn.dataset.going === undefined } }));
  }

  /** @param {HTMLElement} turn */
  insert(turn) {
    const seq = Number(turn.dataset.seq);
    const after = [...this.list.children].find((other) => other instanceof HTMLElement && (other.classList.contains("turn-local") || Number(other.dataset.seq) > seq));
    this.list.insertBefore(turn, after || null);
  }

  /** @param {string} run @param {string} text the whole text so far */
  delta(run, text) {
    if (text.length < (this.live.get(run)?.length || 0) && this.live.get(run)?.startsWith(text)) return;
    this.live.set(run, text);
    this.showText(run, text);
  }

  /** @param {string} run @param {string} text */
  showText(run, text) {
    const live = this.find(run)?.querySelector("[data-live]");
    if (!(live instanceof HTMLElement) || !text) return;
    const near = this.nearEnd();
    live.hidden = false;
    live.textContent = text;
    const dots = this.find(run)?.querySelector(".turn-dots");
    if (dots instanceof HTMLElement) dots.hidden = true;
    if (near) this.end();
  }

  nearEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 120;
  }

  end() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.showWay();
  }

  showWay() {
    if (this.toEnd) this.toEnd.hidden = this.nearEnd();
  }
}
