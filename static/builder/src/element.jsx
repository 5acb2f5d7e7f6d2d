// @ts-check
/**
 * `<flow-editor>`: the canvas as one element, so that a page can put it in and take it out like any other.
 *
 * In: a JSON `<script>` child or the property `state` ({revision, draft, layout, problems, palette, presence}); the
 * attributes `state-url`, `edit-url`, `undo-url` and `mapping-url`; the property `paint`. Out: `graph-change`, `select` and
 * `connect-request`, which bubble; on the document `builder:select` (both ways) and `builder:state`.
 */

import { ReactFlowProvider } from "@xyflow/react";
import { createRoot } from "react-dom/client";
import { Editor } from "./editor.jsx";
import { Session } from "./session.js";

class FlowEditor extends HTMLElement {
  /** @type {import("react-dom/client").Root | null} */
  #root = null;
  /** @type {Session | null} */
  #session = null;
  /** @type {any} */
  #given = null;
  /** @type {any} */
  #paint = null;

  connectedCallback() {
    if (this.#given) return this.#mount(this.#given);
    const child = this.querySelector("script[type='application/json']");
    if (child) return this.#mount(JSON.parse(child.textContent || "{}"));
    const url = this.getAttribute("state-url");
    if (url) void this.#load(url);
    return undefined;
  }

  disconnectedCallback() {
    this.#root?.unmount();
    this.#session?.close();
    this.querySelector(":scope > .fe-place")?.remove();
    this.#root = this.#session = null;
  }

  get state() {
    return this.#session ? this.#session.state : this.#given;
  }
  set state(value) {
    this.#given = value;
    if (this.#session) this.#session.take(value);
    else if (this.isConnected) this.#mount(value);
  }

  get paint() {
    return this.#paint;
  }
  set paint(value) {
    this.#paint = value;
    this.#session?.change({ paint: value || { nodes: {}, edges: {} } });
  }

  /** @param {string} url */
  async #load(url) {
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      if (this.isConnected && !this.#session) this.#mount(await answer.json());
    } catch (error) {
      const box = document.createElement("p");
      box.className = "fe-lost";
      box.setAttribute("role", "alert");
      box.textContent = `The journey cannot be read: ${error instanceof Error ? error.message : error}. Load the page again.`;
      this.append(box);
    }
  }

  /** @param {any} state */
  #mount(state) {
    const urls = { state: this.getAttribute("state-url") || "", edit: this.getAttribute("edit-url") || "", undo: this.getAttribute("undo-url") || "", mapping: this.getAttribute("mapping-url") || "" };
    this.#session = new Session(this, state, urls);
    if (this.#paint) this.#session.paint = this.#paint;
    const place = document.createElement("div");
    place.className = "fe-place";
    this.append(place);
    this.#root = createRoot(place);
    this.#root.render(
      <ReactFlowProvider>
        <Editor session={this.#session} />
      </ReactFlowProvider>,
    );
  }
}

if (!customElements.get("flow-editor")) customElements.define("flow-editor", FlowEditor);
