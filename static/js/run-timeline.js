// @ts-check
/** The timeline: zoom by wheel, drag and keys, and the handle that moves through the events while tree and state follow.
 * Bars move at once; what is finer in the new window comes from the server a moment later. */

import { cancel, show } from "./run-parts.js";

const SETTLE_MS = 160;
const FOLLOW_MS = 110;
const SMALLEST_S = 0.001;
const DRAG_PX = 5;

/** @param {HTMLElement} body */
export function startTimeline(body) {
  let settling = 0;
  let following = 0;
  /** @type {number | null} where a drag over the bars began */
  let drag = null;

  const chart = () => /** @type {HTMLElement | null} */ (body.querySelector("#tl-chart"));
  const scrub = () => /** @type {HTMLInputElement | null} */ (body.querySelector("#tl-scrub"));

  /** @param {number} from @param {number} to */
  function look(from, to) {
    const box = chart();
    if (!box) return;
    const total = Number(box.dataset.total);
    const wide = Math.min(total, Math.max(SMALLEST_S, to - from));
    const start = Math.min(Math.max(0, from), total - wide);
    cancel();
    draw(box, start, start + wide);
    const all = wide >= total;
    clearTimeout(settling);
    settling = window.setTimeout(() => {
      void show({ from: all ? "" : start.toFixed(6), to: all ? "" : (start + wide).toFixed(6) }, ["chart"]);
    }, SETTLE_MS);
  }

  /** @param {number} factor @param {number} [middle] a second that stays where it is */
  function zoom(factor, middle) {
    const box = chart();
    if (!box) return;
    const [from, to] = windowOf(box);
    const fixed = middle ?? headIn(box) ?? (from + to) / 2;
    const wide = (to - from) * factor;
    const share = (fixed - from) / (to - from || 1);
    look(fixed - wide * share, fixed + wide * (1 - share));
  }

  /** @param {string | undefined} how */
  function byName(how) {
    if (how === "in") zoom(0.5);
    else if (how === "out") zoom(2);
    else look(0, Number(chart()?.dataset.total));
  }

  function follow() {
    const input = scrub();
    const box = chart();
    if (!input || !box) return;
    const seq = Number(input.value);
    moveHead(box, eventTimes(body)[seq - 1] ?? 0);
    cancel();
    input.setAttribute("aria-valuetext", `event ${seq} of ${input.max}`);
    clearTimeout(following);
    following = window.setTimeout(() => {
      const newest = seq >= Number(input.max);
      void show({ at: newest ? "" : String(seq), step: "" }, ["state", "readout", "tree", "detail"]).then(() => told(body));
    }, FOLLOW_MS);
  }

  body.addEventListener("input", (event) => {
    if (event.target === scrub()) follow();
  });
  body.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-zoom]") : null;
    if (button instanceof HTMLElement) byName(button.dataset.zoom);
  });
  body.addEventListener("keydown", (event) => {
    const inside = event.target instanceof Element && event.target.closest("#run-timeline");
    const how = { "+": "in", "=": "in", "-": "out", "0": "fit", f: "fit" }[event.key];
    if (!inside || !how || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    byName(how);
  });
  body.addEventListener(
    "wheel",
    (event) => {
      const box = event.target instanceof Element ? event.target.closest("#tl-chart") : null;
      if (!(box instanceof HTMLElement)) return;
      const focused = document.activeElement?.closest("#run-timeline");
      if (!focused && !event.ctrlKey) return;
      event.preventDefault();
      const [from, to] = windowOf(box);
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const by = ((to - from) * event.deltaX) / box.clientWidth;
        look(from + by, to + by);
      } else zoom(Math.exp(event.deltaY / 400), secondAt(box, event.clientX));
    },
    { passive: false },
  );
  body.addEventListener("pointerdown", (event) => {
    const box = event.target instanceof Element ? event.target.closest("#tl-chart") : null;
    if (box && event.button === 0) drag = event.clientX;
  });
  addEventListener("pointermove", (event) => {
    const box = chart();
    if (drag !== null && box && Math.abs(event.clientX - drag) > DRAG_PX) span(box, drag, event.clientX);
    else hint(body, event);
  });
  addEventListener("pointerup", (event) => {
    const [x, box] = [drag, chart()];
    drag = null;
    if (x === null || !box) return;
    box.querySelector(".tl-span")?.remove();
    if (Math.abs(event.clientX - x) > DRAG_PX) {
      const [first, last] = [secondAt(box, Math.min(x, event.clientX)), secondAt(box, Math.max(x, event.clientX))];
      look(first, last);
    } else click(body, box, event);
    scrub()?.focus({ preventScroll: true });
  });
  addEventListener("pointercancel", () => (drag = null));
  body.addEventListener("parts-changed", () => markChosen(body));

  /** A bar opens its step; the ground between the bars moves the handle there.
   * @param {HTMLElement} from @param {HTMLElement} box @param {PointerEvent} event */
  function click(from, box, event) {
    const bar = event.target instanceof Element ? event.target.closest(".tl-bar") : null;
    const path = bar?.getAttribute("data-p");
    if (path) {
      void show({ step: path }, ["tree", "detail"]);
      return;
    }
    const input = scrub();
    if (!input) return;
    const wanted = bar ? Number(bar.getAttribute("data-s")) : secondAt(box, event.clientX);
    const times = eventTimes(from);
    const after = times.findIndex((second) => second > wanted + 1e-6);
    input.value = String(after < 0 ? times.length : Math.max(1, after));
    follow();
  }
}

/** @param {HTMLElement} box @returns {[number, number]} */
function windowOf(box) {
  return [Number(box.dataset.from), Number(box.dataset.to)];
}

/** @param {HTMLElement} box @param {number} x */
function secondAt(box, x) {
  const [from, to] = windowOf(box);
  const place = box.getBoundingClientRect();
  return from + ((to - from) * Math.min(place.width, Math.max(0, x - place.left))) / (place.width || 1);
}

/** @param {HTMLElement} box */
function headIn(box) {
  const second = Number(box.querySelector(".tl-head")?.getAttribute("data-s"));
  const [from, to] = windowOf(box);
  return second >= from && second <= to ? second : undefined;
}

/** Moves what is drawn to another window. @param {HTMLElement} box @param {number} from @param {number} to */
function draw(box, from, to) {
  const span = to - from || SMALLEST_S;
  box.dataset.from = String(from);
  box.dataset.to = String(to);
  const x = (/** @type {number} */ second) => `${(100 * (second - from)) / span}%`;
  for (const bar of box.querySelectorAll("rect.tl-bar")) {
    const [s, e] = [Number(bar.getAttribute("data-s")), Number(bar.getAttribute("data-e"))];
    bar.setAttribute("x", x(Math.max(s, from)));
    bar.setAttribute("width", `${Math.max(0, (100 * (Math.min(e, to) - Math.max(s, from))) / span)}%`);
    bar.toggleAttribute("hidden", e < from || s > to);
  }
  for (const old of box.querySelectorAll(".tl-tick, .tl-time")) old.remove();
  moveHead(box, Number(box.querySelector(".tl-head")?.getAttribute("data-s")));
}

/** @param {HTMLElement} box @param {number} second */
function moveHead(box, second) {
  const head = box.querySelector(".tl-head");
  const [from, to] = windowOf(box);
  const share = (100 * (second - from)) / (to - from || SMALLEST_S);
  const x = `${second <= to ? Math.min(99.9, share) : share}%`;
  head?.setAttribute("data-s", String(second));
  for (const name of ["x1", "x2"]) head?.querySelector("line")?.setAttribute(name, x);
  head?.querySelector("circle")?.setAttribute("cx", x);
}

/** Seconds of every event. @param {HTMLElement} body @returns {number[]} */
function eventTimes(body) {
  let now = 0;
  const deltas = body.querySelector("#run-timeline")?.getAttribute("data-deltas") || "";
  return deltas.split(",").map((delta) => (now += Number(delta)) / 1000);
}

/** The bars of the step that is shown have an edge. @param {HTMLElement} body */
function markChosen(body) {
  const path = /** @type {HTMLElement | null} */ (body.querySelector("#run-detail"))?.dataset.path;
  for (const bar of body.querySelectorAll("#tl-chart rect.tl-bar[data-p]")) {
    bar.toggleAttribute("data-chosen", Boolean(path) && bar.getAttribute("data-p") === path);
  }
}

/** What the server said of the event is what a screen reader says of the handle. @param {HTMLElement} body */
function told(body) {
  const text = body.querySelector("#tl-readout")?.textContent?.replace(/\s+/g, " ").trim() || "";
  body.querySelector("#tl-scrub")?.setAttribute("aria-valuetext", text);
}

/** Marks the stretch that is dragged over. @param {HTMLElement} box @param {number} a @param {number} b */
function span(box, a, b) {
  const svg = box.querySelector("svg");
  if (!svg) return;
  let mark = svg.querySelector(".tl-span");
  if (!mark) {
    mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    mark.setAttribute("class", "tl-span");
    mark.setAttribute("y", "0");
    mark.setAttribute("height", "100%");
    svg.append(mark);
  }
  const left = box.getBoundingClientRect().left;
  mark.setAttribute("x", String(Math.min(a, b) - left));
  mark.setAttribute("width", String(Math.abs(b - a)));
}

/** Says what a bar is while the pointer is on it. @param {HTMLElement} body @param {PointerEvent} event */
function hint(body, event) {
  const tip = /** @type {HTMLElement | null} */ (body.querySelector("#tl-tip"));
  const bar = event.target instanceof Element ? event.target.closest("rect.tl-bar[data-tip]") : null;
  if (!tip) return;
  tip.hidden = !bar;
  if (!bar) return;
  tip.textContent = bar.getAttribute("data-tip");
  const place = tip.parentElement?.getBoundingClientRect();
  if (!place) return;
  const left = Math.min(event.clientX - place.left + 12, place.width - tip.offsetWidth - 8);
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${event.clientY - place.top + 16}px`;
}
