// @ts-check
/** The edges: a curve with a pill that says when it is taken; what kind it is can be read without its colour. */

import { BaseEdge, EdgeLabelRenderer, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { useEditing, usePaint } from "./context.js";
import { Icon } from "./icons.jsx";
import { Covered, Problems } from "./marks.jsx";

const ICONS = { intent: "message-circle", condition: "filter", always: "arrow-right", event: "bolt", next: "arrow-right", return: "arrow-back-up", error: "alert-triangle", pattern: "arrows-split" };
const LONGEST = 34;
const MAPPINGS = {
  broken: { icon: "circle-x", about: "What the target needs does not arrive on this way, or has another type" },
  lossy: { icon: "alert-triangle", about: "A value arrives at the target as text" },
};

/** How what the target needs arrives by an edge; nothing where all is well. @param {{ state: string }} props */
function Mapping({ state }) {
  const told = /** @type {any} */ (MAPPINGS)[state];
  if (!told) return null;
  return (
    <span className="fe-mapping" data-mapping={state}>
      <Icon name={told.icon} size={14} />
      <span className="visually-hidden">mapping {state}</span>
    </span>
  );
}

/** The intents of a transition, each with how far it is covered. @param {{ states: Record<string, string> }} props */
function Intents({ states }) {
  return (
    <span className="fe-pill-words">
      intent: {Object.entries(states).map(([name, state], n) => <span key={name} className="fe-pill-intent">{n > 0 && ", "}{name}<Covered state={state} short of={name} /></span>)}
    </span>
  );
}

/** @param {any} props */
function pathFor(props) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  if (data.kind === "return") return around(sourceX, sourceY, targetX, targetY, 34 + data.lane * 18, 0);
  if (targetX > sourceX + 24) return shifted(getBezierPath({ ...ends, curvature: 0.3 }), data.lane);
  return around(sourceX, sourceY, targetX, targetY, 92 + data.lane * 18, 26 + data.lane * 8);
}

/** A way back: down, under what stands between, and up again; with `out` it leaves and enters at the side. @param {number} sx @param {number} sy @param {number} tx @param {number} ty @param {number} under @param {number} out */
function around(sx, sy, tx, ty, under, out) {
  const depth = Math.max(sy, ty) + under;
  const [left, right] = [tx - out, sx + out];
  const way = Math.sign(left - right) || 1;
  const r = Math.min(14, Math.abs(left - right) / 2);
  const start = out ? `M${sx} ${sy}H${right - r}Q${right} ${sy} ${right} ${sy + r}V${depth - r}` : `M${sx} ${sy}V${depth - r}`;
  const end = out ? `V${ty + r}Q${left} ${ty} ${left + r} ${ty}H${tx}` : `V${ty}`;
  return [`${start}Q${right} ${depth} ${right + way * r} ${depth}H${left - way * r}Q${left} ${depth} ${left} ${depth - r}${end}`, (left + right) / 2, depth];
}

/** Pills of edges between the same nodes stand below each other. @param {any[]} path @param {number} lane */
function shifted([d, x, y], lane) {
  return [d, x, y + lane * 30];
}

/** @param {any} props */
function MoveEdge(props) {
  const { id, data, selected, markerEnd } = props;
  const { session, ui } = useEditing();
  const paint = usePaint("edges", id);
  const [d, x, y] = pathFor(props);
  const { tone } = data;
  const text = data.pill.kind === "intent" ? `intent: ${data.pill.text}` : data.pill.text;
  const open = (/** @type {any} */ event) => {
    event.stopPropagation();
    ui.pickEdge(id, event.shiftKey || event.ctrlKey || event.metaKey);
    session.select(data.ref, { open: true });
  };
  return (
    <g className="fe-edge" data-kind={data.kind} data-tone={tone} data-mapping={data.mapping || undefined} data-on={selected ? "" : undefined} data-taken={paint?.taken == null ? undefined : String(Boolean(paint.taken))} data-coverage={paint?.coverage}>
      <BaseEdge id={id} path={d} markerEnd={markerEnd} interactionWidth={24} />
      <EdgeLabelRenderer>
        <div
          className="fe-pill nodrag nopan"
          data-kind={data.kind}
          data-tone={tone}
          data-on={selected ? "" : undefined}
          data-taken={paint?.taken == null ? undefined : String(Boolean(paint.taken))}
          data-coverage={paint?.coverage}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          title={[text, data.guard && `only if ${data.guard}`, /** @type {any} */ (MAPPINGS)[data.mapping]?.about].filter(Boolean).join("\n")}
          onClick={open}
        >
          <Icon name={/** @type {any} */ (ICONS)[data.pill.kind] || "arrow-right"} size={13} />
          {paint?.intents && data.pill.kind === "intent" ? <Intents states={paint.intents} /> : <span className="fe-pill-words">{text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text}</span>}
          {data.guard && <Icon name="filter" size={12} />}
          <Covered state={paint?.coverage} short of="this way" />
          <Mapping state={data.mapping} />
          <Problems problems={data.problems} />
        </div>
      </EdgeLabelRenderer>
    </g>
  );
}

const KEYS = ["sourceX", "sourceY", "targetX", "targetY", "data", "selected", "markerEnd"];
export const edgeTypes = { move: memo(MoveEdge, (a, b) => KEYS.every((key) => /** @type {any} */ (a)[key] === /** @type {any} */ (b)[key])) };

/** Arrow heads by what the edge is; colours come from the style sheet. */
export function Arrows() {
  return (
    <svg className="fe-defs" aria-hidden="true">
      <defs>
        {["plain", "bad", "lossy", "error"].map((name) => (
          <marker key={name} id={`flow-arrow-${name}`} className={`fe-arrow-${name}`} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="14" markerHeight="14" markerUnits="userSpaceOnUse" orient="auto-start-reverse">
            <path d="M1 1L9 5L1 9z" />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
