// @ts-check
/**
 * Messages that the server has not confirmed yet. They live in this browser's storage under an id made here; the server
 * treats the same id as the same message, so sending again after a crash, a restart or a lost line is always safe.
 */

/** @typedef {{session: string, id: string, text: string}} Waiting */

const KEY = "kaizen.outbox";

/** @returns {Waiting[]} */
export function readOutbox() {
  try {
    return JSON.parse(localStorage.getItem(KEY) || "[]");
  } catch {
    return memory;
  }
}

/** @type {Waiting[]} kept here when the browser forbids storage */
let memory = [];

/** @param {Waiting[]} items */
function write(items) {
  memory = items;
  try {
    localStorage.setItem(KEY, JSON.stringify(items));
  } catch {
    // The message then lives as long as the page.
  }
}

/** @param {Waiting} item */
export function keep(item) {
  if (!readOutbox().some((known) => known.id === item.id)) write([...readOutbox(), item]);
}

/** @param {string} id */
export function confirmSent(id) {
  write(readOutbox().filter((item) => item.id !== id));
}

/** A UUID, also where the page is not on https and the browser offers no randomUUID. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
