// @ts-check
/** What of a journey is in view: everything, or as much of its beginning as can be read. */

const READABLE = 0.5;
const EVERYTHING = { padding: 0.16, maxZoom: 1, minZoom: 0.08 };
const EDGE = 48;

/** However small it becomes. @param {any} flow */
export function showEverything(flow) {
  void flow.fitView(EVERYTHING);
}

/** Everything, if it can be read; else the entry stands at the left and the rest lies beyond. @param {any} flow @param {HTMLElement | null} box @param {string} entry @param {number} [duration] */
export function showBeginning(flow, box, entry, duration = 0) {
  const bounds = flow.getNodesBounds(flow.getNodes());
  const { width, height } = box?.getBoundingClientRect() || { width: 0, height: 0 };
  const zoom = Math.min(width / bounds.width, height / bounds.height) * (1 - EVERYTHING.padding);
  const first = flow.getNode(entry);
  if (zoom >= READABLE || !first) return void flow.fitView({ ...EVERYTHING, minZoom: READABLE, duration });
  const wide = bounds.width * READABLE > width - 2 * EDGE;
  const tall = bounds.height * READABLE > height - 2 * EDGE;
  const x = wide ? EDGE - Math.max(bounds.x, first.position.x - EDGE / READABLE) * READABLE : (width - bounds.width * READABLE) / 2 - bounds.x * READABLE;
  const middle = first.position.y + (first.measured?.height || 0) / 2;
  const y = tall ? height / 2 - middle * READABLE : (height - bounds.height * READABLE) / 2 - bounds.y * READABLE;
  return void flow.setViewport({ x, y, zoom: READABLE }, { duration });
}
