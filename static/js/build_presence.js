// @ts-check
/** Who else is in this builder: a heartbeat says where we are, and its answer who is here and whether the draft moved on. */

import { openAt, refresh, revision } from "./build.js";

const BEAT_MS = 10_000;
const tab = crypto.randomUUID();

/** @param {HTMLElement} page */
export function startPresence(page) {
  const url = page.dataset.presence || "";
  const token = () => /** @type {HTMLInputElement | null} */ (page.querySelector("input[name=csrfmiddlewaretoken]"))?.value || "";
  /** @param {boolean} gone */
  const beat = async (gone) => {
    const body = JSON.stringify({ tab, element: openAt(), ...(gone ? { gone } : {}) });
    const answer = await fetch(url, { method: "POST", keepalive: gone, headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body }).catch(() => null);
    if (gone || !answer?.ok) return;
    const told = await answer.json();
    show(page, told.presence);
    if (told.revision <= revision()) return;
    await refresh();
    document.dispatchEvent(new CustomEvent("builder:refresh", { detail: { origin: "presence" } })); // the canvas reads again as well
  };
  void beat(false);
  const timer = setInterval(() => void beat(false), BEAT_MS);
  document.addEventListener("builder:select", () => void beat(false));
  addEventListener("pagehide", () => {
    clearInterval(timer);
    void beat(true);
  });
}

/** @param {HTMLElement} page @param {{ label: string, initials: string, me: boolean, element: string }[]} people */
function show(page, people) {
  const list = page.querySelector("#bd-people");
  const others = people.filter((one) => !one.me);
  list?.replaceChildren(
    ...others.map((one) => {
      const item = document.createElement("li");
      item.title = `${one.label} is here`;
      const face = document.createElement("span");
      face.className = "kz-avatar";
      face.setAttribute("aria-hidden", "true");
      face.textContent = one.initials;
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = `${one.label} is here`;
      item.append(face, words);
      return item;
    }),
  );
  for (const row of page.querySelectorAll(".bd-row")) {
    const here = others.filter((one) => one.element === row.getAttribute("data-at")).map((one) => one.label);
    row.toggleAttribute("data-people", here.length > 0);
    if (here.length) row.setAttribute("data-people", here.join(", "));
  }
}
