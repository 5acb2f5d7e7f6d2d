// @ts-check
/* global el, write, bright, CSS_TEXT */
/**
 * The chat widget: one classic script on a page of any origin. Draws in a shadow root, so that neither page nor widget changes the
 * other's look; keeps its session token in the page's storage; writes text by textContent only.
 */
(() => {
  "use strict";
  const tag = /** @type {HTMLScriptElement} */ (document.currentScript);
  if (!tag?.src) return;
  const base = tag.src.replace(/\.js(\?.*)?(#.*)?$/, "/");
  const given = Object.assign({}, /** @type {any} */ (window).KaizenChat, tag.dataset);
  const asPage = given.mode === "page";
  const key = `kaizen-chat:${base}`;
  /** @type {any} */ let config = {};
  /** @type {any} */ let T = {};
  const state = { token: "", last: 0, open: asPage, turn: "idle", handling: "agent", status: "open", question: /** @type {any} */ (null), operator: "" };
  /** @type {AbortController | null} */ let listening = null;
  let pause = 500;
  /** @type {Promise<void> | null} */ let beginning = null;

  /* ---- storage and calls ---- */

  function recall() {
    try {
      return JSON.parse(localStorage.getItem(key) || "{}");
    } catch {
      return {};
    }
  }
  function remember() {
    try {
      localStorage.setItem(key, JSON.stringify({ token: state.token, open: state.open }));
    } catch {
      // Private windows keep nothing; the conversation then lasts as long as the page.
    }
  }

  /** @param {string} path @param {any} [body] */
  async function call(path, body) {
    /** @type {Record<string, string>} */ const headers = state.token ? { Authorization: `Bearer ${state.token}` } : {};
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(base + path, { method: body ? "POST" : "GET", headers, body: body ? JSON.stringify(body) : undefined, credentials: "omit" });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(told.message || `The server answered ${answer.status}.`), { status: answer.status });
    if (told.token && told.token !== state.token) {
      state.token = told.token;
      remember();
    }
    return told;
  }

  /** @param {string} [code] a one-time link's */
  function begin(code) {
    beginning ||= (async () => {
      let variables = given.variables || {};
      if (typeof variables === "string") variables = JSON.parse(variables);
      const told = await call("sessions/", code ? { resume: code } : { identity: given.identity || "", variables });
      wipe();
      take(told);
      listen();
    })().finally(() => {
      beginning = null;
    });
    return beginning;
  }

  /* ---- what is drawn ---- */

  const host = el("div", { id: "kaizen-chat" });
  const root = host.attachShadow({ mode: "open" });
  const log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
  const live = el("div", { class: "msg assistant live", "aria-hidden": "true", hidden: true });
  const note = el("p", { class: "note", role: "status" });
  const chips = el("div", { class: "chips" });
  const box = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: "say", rows: "1", maxlength: "20000", autocomplete: "off" }));
  const form = el("form", { class: "composer" });
  const panel = el("section", { class: "panel", id: "panel", role: asPage ? "region" : "dialog", hidden: true });
  const launcher = el("button", { class: "launcher", type: "button", "aria-expanded": "false", "aria-controls": "panel" });
  const tools = el("div", { class: "tools" });

  function build() {
    T = config.texts;
    host.lang = config.language;
    const title = el("h2", { id: "title" }, config.title);
    panel.setAttribute("aria-labelledby", "title");
    log.setAttribute("aria-label", config.title);
    const close = el("button", { type: "button", class: "quiet", "aria-label": T.close, title: T.close, onclick: () => toggle(false) }, "✕");
    panel.append(el("header", {}, title, ...(asPage ? [] : [close])), log, note, tools, form);
    box.placeholder = T.placeholder;
    form.append(el("label", { for: "say", class: "hidden" }, T.placeholder), box, el("button", { class: "send", type: "submit", "aria-label": T.send, title: T.send }, "➤"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = box.value.trim();
      if (!text) return;
      box.value = "";
      void say(text);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      /** @type {HTMLFormElement} */ (form).requestSubmit();
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !asPage) toggle(false);
    });
    launcher.append("💬");
    launcher.setAttribute("aria-label", T.open);
    launcher.addEventListener("click", () => toggle(!state.open));
    const frame = el("div", { class: `frame ${asPage ? "page" : config.position}`, "data-scheme": config.scheme }, panel, ...(asPage ? [] : [launcher]));
    frame.style.setProperty("--c", config.colour);
    frame.style.setProperty("--on", bright(config.colour) ? "#111" : "#fff");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS_TEXT);
    root.adoptedStyleSheets = [sheet];
    root.append(frame);
    (document.querySelector("[data-kaizen-chat]") || document.body).append(host);
    wipe();
  }

  function wipe() {
    log.replaceChildren();
    state.last = 0;
    Object.assign(state, { turn: "idle", handling: "agent", status: "open", question: null, operator: "" });
    if (config.greeting) log.append(bubble("assistant", config.title, config.greeting));
    offer(config.starters);
    paint();
  }

  /** @param {string} role @param {string} name @param {string} text @param {string} [id] */
  function bubble(role, name, text, id = "") {
    const body = el("div", { class: "text" });
    write(body, text, role === "user");
    return el("div", { class: `msg ${role}`, ...(id ? { "data-id": id } : {}) }, el("span", { class: role === "human" ? "name" : "hidden" }, `${name}: `), body);
  }

  /** @param {string[]} texts */
  function offer(texts) {
    chips.replaceChildren(...(texts || []).map((text) => el("button", { type: "button", class: "chip", onclick: () => void say(text) }, text)));
    chips.hidden = !texts?.length;
    log.append(chips);
  }

  function paint() {
    const ended = state.status === "ended";
    const words = ended
      ? T.ended
      : state.handling === "waiting"
        ? T.person_waiting
        : state.turn === "waiting" && !state.question
          ? T.waiting
          : state.turn === "working" && state.handling === "agent"
            ? `${config.title} ${T.working}`
            : state.handling === "human"
              ? T.person_joined.replace("{name}", state.operator)
              : "";
    if (note.textContent !== words) note.textContent = words;
    form.hidden = ended;
    /** @type {[string, () => void][]} */ const acts = [];
    if (ended) acts.push([T.restart, restart]);
    else if (state.token) {
      if (state.handling === "waiting") acts.push([T.go_on, () => void want(false)]);
      if (state.handling === "agent" && config.offer_person) acts.push([T.person, () => void want(true)]);
      acts.push([T.move, () => void moveOn()]);
    }
    const shown = acts.map(([text]) => text).join("|");
    if (tools.dataset.shown !== shown) {
      tools.dataset.shown = shown;
      tools.replaceChildren(...acts.map(([text, act]) => el("button", { type: "button", class: "quiet", onclick: act }, text)));
    }
    if (state.question && !log.querySelector(`[data-question="${state.question.id}"]`)) ask(state.question);
    if (state.turn !== "working") live.hidden = true;
  }

  /** @param {any} question */
  function ask(question) {
    const card = el("div", { class: "msg assistant", "data-question": question.id }, el("p", {}, question.title));
    for (const option of question.options || []) card.append(el("button", { type: "button", class: "chip", onclick: () => void answer(option) }, option));
    log.append(card);
    toEnd();
  }

  /** @param {any} message */
  function show(message) {
    if (!message || message.seq <= state.last) return;
    state.last = message.seq;
    const own = message.client_id && log.querySelector(`[data-id="${CSS.escape(message.client_id)}"]`);
    if (own) {
      own.classList.remove("sending");
      return;
    }
    if (message.seq === 1 && message.role === "assistant") return; // the greeting stands there already
    if (message.role === "system") log.append(el("p", { class: "aside" }, message.note === "unanswered" ? T.failed : message.text));
    else log.append(bubble(message.role, message.author || (message.role === "user" ? T.you : config.title), message.text, message.client_id));
    if (message.role === "assistant") offer(message.suggestions);
    live.hidden = true;
    if (!state.open) launcher.dataset.unread = "true";
    toEnd();
  }

  /** @param {any} told */
  function take(told) {
    for (const message of told.messages || []) show(message);
    state.last = Math.max(state.last, told.last_seq || 0);
    Object.assign(state, told.state || {});
    paint();
  }

  function toEnd() {
    log.append(live);
    log.scrollTop = log.scrollHeight;
  }

  /* ---- what a visitor does ---- */

  /** @param {string} text */
  async function say(text) {
    if (state.question) return void answer(text);
    const id = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2) + Date.now();
    const mine = bubble("user", T.you, text, id);
    mine.classList.add("sending");
    offer([]);
    for (let wait = 500; ; wait = Math.min(wait * 2, 10000)) {
      try {
        if (!state.token) await begin();
        if (!mine.isConnected) log.insertBefore(mine, live.isConnected ? live : null);
        toEnd();
        const told = await call("messages/", { client_id: id, text });
        mine.classList.remove("sending");
        show(told.message);
        state.turn = state.handling === "agent" ? "working" : "idle";
        paint();
        return;
      } catch (error) {
        const status = /** @type {any} */ (error).status;
        if (status === 403 && state.token) forget();
        else if (status && status < 500 && status !== 429) {
          if (!mine.isConnected) log.append(mine);
          note.textContent = /** @type {Error} */ (error).message;
          return;
        } else {
          note.textContent = T.offline;
          await new Promise((done) => setTimeout(done, wait));
        }
      }
    }
  }

  /** @param {string} text */
  async function answer(text) {
    const question = state.question;
    state.question = null;
    log.append(bubble("user", T.you, text));
    toEnd();
    await call("answer/", { question: question.id, answer: text }).catch((error) => (note.textContent = error.message));
  }

  /** @param {boolean} yes */
  async function want(yes) {
    await call(`person/?after=${state.last}`, { want: yes }).then(take, (error) => (note.textContent = error.message));
    box.focus();
  }

  async function moveOn() {
    const told = await call("link/", {}).catch((error) => (note.textContent = error.message) && null);
    if (!told) return;
    const field = el("input", { type: "text", readonly: true, value: told.link, "aria-label": T.move });
    log.append(el("div", { class: "aside" }, el("p", {}, T.move_hint), field));
    toEnd();
    /** @type {HTMLInputElement} */ (field).select();
    /** @type {HTMLInputElement} */ (field).focus();
  }

  function forget() {
    listening?.abort();
    state.token = "";
    remember();
  }

  function restart() {
    forget();
    wipe();
    box.focus();
  }

  /** @param {boolean} open */
  function toggle(open) {
    state.open = open;
    panel.hidden = !open;
    launcher.setAttribute("aria-expanded", String(open));
    launcher.setAttribute("aria-label", open ? T.close : T.open);
    delete launcher.dataset.unread;
    remember();
    if (open) {
      if (state.token) listen();
      toEnd();
      box.focus();
    } else launcher.focus();
  }

  /* ---- what is heard ---- */

  async function listen() {
    if (listening) return;
    const mine = (listening = new AbortController());
    while (state.token && !mine.signal.aborted) {
      try {
        const answer = await fetch(`${base}stream/?after=${state.last}`, { headers: { Authorization: `Bearer ${state.token}` }, signal: mine.signal, credentials: "omit" });
        if (answer.status === 403) {
          state.token = "";
          remember();
          wipe();
          break;
        }
        if (!answer.ok || !answer.body) throw new Error("no stream");
        pause = 500;
        await read(answer.body.getReader());
        if (state.status === "ended") break;
      } catch {
        if (mine.signal.aborted) break;
        note.textContent = T.offline;
        await new Promise((done) => setTimeout(done, pause));
        pause = Math.min(pause * 2, 15000);
      }
    }
    if (listening === mine) listening = null;
  }

  /** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
  async function read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const parts = rest.split("\n\n");
      rest = parts.pop() || "";
      for (const part of parts) heard(part);
    }
  }

  /** @param {string} part */
  function heard(part) {
    const kind = /^event: (.*)$/m.exec(part)?.[1];
    const data = /^data: (.*)$/m.exec(part)?.[1];
    if (!kind || !data) return;
    const told = JSON.parse(data);
    if (kind === "message") show(told);
    else if (kind === "state") {
      Object.assign(state, told);
      paint();
    } else if (kind === "text" && state.turn === "working") {
      live.textContent = told.text;
      live.hidden = false;
      toEnd();
    }
  }

  /* ---- start ---- */

  async function start() {
    config = await call("config/");
    build();
    const kept = recall();
    state.token = kept.token || "";
    const code = /#resume=([\w-]+)/.exec(location.hash)?.[1];
    if (code && asPage) {
      history.replaceState(null, "", location.pathname);
      await begin(code).catch((error) => (note.textContent = error.message));
    } else if (state.token) {
      await call("news/").then(take, () => forget());
      if (state.token) void listen();
    }
    if (asPage) {
      panel.hidden = false;
      toEnd();
    } else if (kept.open) toggle(true);
    /** @type {any} */ (window).KaizenChat = { ...given, open: () => toggle(true), close: () => toggle(false) };
    host.dispatchEvent(new CustomEvent("kaizen-ready", { bubbles: true }));
  }

  const ready = () => void start().catch((error) => console.warn(`Chat: ${error.message}`));
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
  else ready();
})();
