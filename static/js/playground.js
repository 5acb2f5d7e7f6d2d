// @ts-check
/**
 * The playground: sends messages through the outbox, keeps turns and inspector live, switches panes on phones.
 * Everything here improves plain forms and links that work without it.
 */

import { confirmSent, keep, newId, readOutbox } from "./outbox.js";
import { pageSocket } from "./socket.js";
import { toast } from "./toasts.js";
import { Turns } from "./turns.js";

const LONGEST_PAUSE_MS = 10000;
const INSPECT_MS = 250;
const root = /** @type {HTMLElement} */ (document.getElementById("main"));
const session = root.dataset.session || "";
const composer = /** @type {HTMLFormElement | null} */ (document.getElementById("composer"));
const box = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("composer-text"));
const attached = /** @type {HTMLInputElement | null} */ (document.getElementById("composer-files"));
const list = document.getElementById("turns");
const turns = session && list ? new Turns(list) : null;

/* ---- sending ---- */

let pause = 500;
let sending = false;

/** @param {string} text */
function say(text) {
  const item = { session, id: newId(), text };
  keep(item);
  showLocal(item, "Sending …");
  void drain();
}

/** @param {{id: string, text: string}} item @param {string} state @param {string} [tone] */
function showLocal(item, state, tone = "") {
  let turn = list?.querySelector(`[data-client-id="${item.id}"]`);
  if (turn && !turn.classList.contains("turn-local")) return;
  if (!turn) {
    turn = document.createElement("li");
    turn.className = "turn turn-local";
    turn.setAttribute("data-client-id", item.id);
    const words = document.createElement("div");
    words.className = "msg msg-user";
    words.textContent = item.text;
    const line = document.createElement("p");
    line.className = "turn-local-state m-0";
    turn.append(words, line);
    list?.append(turn);
    turns?.end();
  }
  const line = turn.querySelector(".turn-local-state");
  if (line) {
    line.textContent = state;
    line.setAttribute("data-tone", tone);
  }
}

/** Sends what waits, one after another, so that the order of writing is the order of arriving. */
async function drain() {
  if (sending || !turns) return;
  sending = true;
  try {
    for (let item = nextItem(); item; item = nextItem()) {
      const outcome = await post(item);
      if (outcome === "later") {
        showLocal(item, "Not sent yet: the server cannot be reached. It is kept here and sent as soon as that works.");
        setTimeout(drain, pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        return;
      }
      pause = 500;
      confirmSent(item.id);
    }
  } finally {
    sending = false;
  }
}

function nextItem() {
  return readOutbox().find((item) => item.session === session);
}

/** @param {{id: string, text: string}} item @returns {Promise<"done" | "later">} */
async function post(item) {
  const token = composer?.querySelector("[name=csrfmiddlewaretoken]");
  const body = new URLSearchParams({ client_id: item.id, text: item.text });
  try {
    const answer = await fetch(composer?.action || "", {
      method: "POST",
      body,
      headers: { "HX-Request": "true", "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" },
    });
    if (answer.ok && answer.status !== 204) {
      turns?.put(await answer.text());
      hideSuggestions();
      return "done";
    }
    if (answer.status >= 500 || answer.status === 429) return "later";
    const words = answer.status === 409 || answer.status === 422 ? await answer.text() : `The server answered ${answer.status}; reload the page.`;
    showLocal(item, words, "bad");
    return "done";
  } catch {
    return "later";
  }
}

function hideSuggestions() {
  document.querySelector(".pg-suggestions")?.remove();
}

/* ---- composer ---- */

const said = () => [...document.querySelectorAll(".turn .msg-user")].map((m) => m.textContent || "");
let recalled = 0;

function grow() {
  if (!box) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

/** @param {KeyboardEvent} event */
function onComposerKey(event) {
  if (!box || !composer || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    composer.requestSubmit();
  } else if (event.key === "ArrowUp" && (recalled || !box.value)) {
    const all = said();
    if (recalled >= all.length) return;
    event.preventDefault();
    recalled += 1;
    box.value = all[all.length - recalled];
    grow();
  } else if (event.key === "ArrowDown" && recalled) {
    event.preventDefault();
    recalled -= 1;
    const all = said();
    box.value = recalled ? all[all.length - recalled] : "";
    grow();
  } else if (event.key === "Escape") {
    const stop = document.querySelector("[data-stop] button:not([disabled])");
    if (stop instanceof HTMLElement) stop.click();
  }
}

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !turns) return;
  if (form === composer && box) {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    if (attached?.files?.length) {
      void sendWithFiles(form);
      return;
    }
    box.value = "";
    recalled = 0;
    grow();
    say(text);
    turns.end();
  } else if (form.matches("[data-suggestion], [data-resend]")) {
    event.preventDefault();
    say(String(new FormData(form).get("text") || ""));
    turns.end();
    box?.focus();
  } else if (form.matches("[data-retry]")) {
    event.preventDefault();
    void retry(form);
  }
}

/** A message with files goes at once and waits for the answer of the server; until then its words stay in the box.
 * @param {HTMLFormElement} form */
async function sendWithFiles(form) {
  const button = form.querySelector("button[type=submit]");
  button?.setAttribute("disabled", "");
  try {
    const body = new FormData(form);
    body.set("client_id", newId());
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.ok) {
      turns?.put(await answer.text());
      form.reset();
      showAttached();
      hideSuggestions();
      grow();
      turns?.end();
    } else {
      toast(answer.status < 500 ? await answer.text() : "The server could not take the files. Try again in a moment.", "error");
    }
  } catch {
    toast("The server cannot be reached. Your message is still here.", "error");
  } finally {
    button?.removeAttribute("disabled");
  }
}

function showAttached() {
  const place = document.getElementById("composer-attached");
  if (place) place.textContent = [...(attached?.files || [])].map((file) => file.name).join(", ");
}

/** The same message answered by a new run.
 * @param {HTMLFormElement} form */
async function retry(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
    const target = answer.headers.get("HX-Redirect");
    if (target) location.assign(target);
    else if (answer.ok) turns?.put(await answer.text());
  } catch {
    toast("The server cannot be reached. Try again in a moment.", "error");
  }
}

/* ---- inspector ---- */

const inspector = document.getElementById("inspector");
/** @type {number | undefined} */
let inspectSoon;

/** @param {number} [wait] */
function inspect(wait = INSPECT_MS) {
  if (!inspector) return;
  clearTimeout(inspectSoon);
  inspectSoon = window.setTimeout(fetchInspector, wait);
}

async function fetchInspector() {
  if (!inspector) return;
  try {
    const answer = await fetch(`${inspector.dataset.url}?tab=${inspector.dataset.tab}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const open = [...inspector.querySelectorAll("details[open]")].map((d) => d.id);
    inspector.innerHTML = await answer.text();
    // @ts-ignore htmx is a classic script of the page
    window.htmx.process(inspector);
    for (const id of open) {
      const box = id ? document.getElementById(id) : null;
      if (box instanceof HTMLDetailsElement) box.open = true;
    }
  } catch {
    // The next event asks again.
  }
}

/** @param {string} tab */
function showTab(tab) {
  if (!inspector) return;
  inspector.dataset.tab = tab;
  history.replaceState(null, "", `?tab=${tab}`);
  inspect(0);
}

/* ---- panes, search ---- */

/** @param {string} pane */
function showPane(pane) {
  root.dataset.pane = pane;
  for (const button of document.querySelectorAll("[data-pane-choice]")) {
    if (button.getAttribute("data-pane-choice") === pane) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

/** @param {MouseEvent} event */
function onClick(event) {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest("a[href]");
  if (link && root.dataset.embed !== undefined) link.setAttribute("target", "_blank"); // this frame is for the chat alone
  const pane = event.target.closest("[data-pane-choice]");
  if (pane) {
    event.preventDefault();
    showPane(pane.getAttribute("data-pane-choice") || "chat");
  }
  const tab = event.target.closest("[data-inspector-tab]");
  if (tab) {
    event.preventDefault();
    showTab(tab.getAttribute("data-inspector-tab") || "journey");
  }
  const steps = event.target.closest("[data-open-steps]");
  if (steps) {
    showPane("inspector");
    showTab("steps");
    const run = steps.getAttribute("data-open-steps");
    setTimeout(() => {
      const details = document.getElementById(`steps-${run}`);
      if (details instanceof HTMLDetailsElement) {
        details.open = true;
        details.scrollIntoView({ block: "start" });
      }
    }, 400);
  }
}

/** @param {Event} event */
function onFilter(event) {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.dataset.filter) return;
  const wanted = field.value.trim().toLowerCase();
  for (const row of document.querySelectorAll(field.dataset.filter)) {
    if (row instanceof HTMLElement && row.dataset.words !== undefined) row.hidden = !row.dataset.words.includes(wanted);
  }
}

/* ---- start ---- */

document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);
document.addEventListener("input", onFilter);
box?.addEventListener("keydown", onComposerKey);
attached?.addEventListener("change", showAttached);
box?.addEventListener("input", () => {
  recalled = 0;
  grow();
});
showPane(root.dataset.pane || "chat");

if (turns) {
  for (const item of readOutbox()) {
    if (item.session !== session) continue;
    if (list?.querySelector(`[data-client-id="${item.id}"]`)) confirmSent(item.id);
    else showLocal(item, "Sending …");
  }
  void drain();
  addEventListener("online", () => void drain());
  list?.addEventListener("turn-changed", (event) => {
    inspect();
    if (/** @type {CustomEvent} */ (event).detail.ended) void fetchSuggestions();
  });
  const socket = pageSocket();
  socket?.addEventListener("event", (event) => {
    const { run, event: entry } = /** @type {CustomEvent} */ (event).detail;
    turns.refresh(run);
    if (/^(step|run)\./.test(entry.type)) inspect();
  });
  socket?.addEventListener("delta", (event) => {
    const { run, path, text } = /** @type {CustomEvent} */ (event).detail;
    if (path.startsWith("pathway/")) turns.delta(run, text);
  });
  socket?.addEventListener("talk", (event) => {
    const { handling, status } = /** @type {CustomEvent} */ (event).detail;
    const beside = handling !== "agent" || root.dataset.handling !== "agent" || status === "ended";
    root.dataset.handling = handling;
    if (beside) void refreshTalk();
  });
  socket?.addEventListener("open", () => {
    turns.refreshGoing();
    inspect();
    void drain();
  });
}

/** A person has joined, written or left: what stands beside the turns is read again from the page itself. */
async function refreshTalk() {
  try {
    const answer = await fetch(location.pathname + location.search);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const near = turns?.nearEnd();
    for (const id of ["opening", "handling", "turns"]) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (old && fresh && old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
    }
    if (near) turns?.end();
    if (page.getElementById("composer-ended") && composer) location.reload();
  } catch {
    // The next hint asks again.
  }
}

async function fetchSuggestions() {
  const place = document.getElementById("suggestions");
  if (!place?.dataset.url) return;
  try {
    const answer = await fetch(place.dataset.url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const near = turns?.nearEnd();
    place.innerHTML = answer.status === 204 ? "" : await answer.text();
    if (near) turns?.end();
    if (answer.headers.get("X-Session-Ended") === "true" && composer) {
      toast("This session has ended.", "info");
      location.reload();
    }
  } catch {
    // Suggestions are a convenience; the page is whole without them.
  }
}
