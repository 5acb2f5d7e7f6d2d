// @ts-check
/** The three nodes of the canvas: a pathway with what answers in it, the journey's end, and Anywhere. */

import { Handle, Position, useConnection } from "@xyflow/react";
import { memo, useSyncExternalStore } from "react";
import { Inside } from "./cards.jsx";
import { useEditing, usePaint } from "./context.js";
import { titleOf } from "./graph.js";
import { Icon } from "./icons.jsx";
import { Break, Covered, Problems, STATES } from "./marks.jsx";

const RETURNS = { previous: "Returns to where it came from", specific: "Returns to a pathway", entry: "Returns to the entry" };

/** The handles that a person can pull from or drop on (by keyboard it is C), and the quiet ones under which returns run. @param {{ source?: boolean, target?: boolean }} props */
function Ports({ source = true, target = true }) {
  return (
    <>
      {target && <Handle type="target" id="in" position={Position.Left} className="fe-port" />}
      {source && <Handle type="source" id="out" position={Position.Right} className="fe-port" title="Drag to connect" />}
      <Handle type="source" id="below-out" position={Position.Bottom} className="fe-port-quiet fe-below-out" isConnectable={false} />
      <Handle type="target" id="below-in" position={Position.Bottom} className="fe-port-quiet fe-below-in" isConnectable={false} />
    </>
  );
}

/** While a connection is pulled: whether this node is a fitting end of it, and why not. @param {string} id */
function useFit(id) {
  const { session, ui } = useEditing();
  useSyncExternalStore(session.subscribe, session.getFits);
  const from = useConnection((connection) => (connection.inProgress ? connection.fromNode?.id || "" : ""));
  if (!from) return null;
  return ui.fit(from, id);
}

/** @param {{ paint: any }} props */
function Status({ paint }) {
  const state = paint?.state || "";
  if (!state) return null;
  return (
    <span className="fe-state" data-state={state} title={state}>
      <Icon name={/** @type {any} */ (STATES)[state] || "circle-dot"} size={14} />
      <span className="visually-hidden">{state}</span>
      {paint.duration_s != null && <span>{Number(paint.duration_s).toFixed(paint.duration_s < 10 ? 1 : 0)} s</span>}
    </span>
  );
}

/** @param {any} props */
function PathwayBox({ id, data, selected }) {
  const { ui } = useEditing();
  const { pathway, agents, problems, entry, patterns } = data;
  const paint = usePaint("nodes", id);
  const fit = useFit(id);
  const back = pathway.return_behavior;
  const bad = problems.some((/** @type {any} */ p) => p.severity === "error");
  return (
    <div
      className="fe-node fe-pathway"
      data-on={selected ? "" : undefined}
      data-bad={bad ? "" : undefined}
      data-state={paint?.state}
      data-coverage={paint?.coverage}
      data-fit={fit ? (fit.ok ? "yes" : "no") : undefined}
      onDragOver={(event) => ui.overCard(event)}
      onDrop={(event) => ui.dropOnPathway(event, id)}
    >
      <header>
        <Break place={id} name={titleOf(pathway)} armed={Boolean(paint?.breakpoint)} />
        <span className="fe-title" title={pathway.description || undefined}>{titleOf(pathway)}</span>
        {entry && <span className="fe-badge"><Icon name="flag" size={12} />entry</span>}
        {back && <span className="fe-glyph" title={/** @type {any} */ (RETURNS)[back.kind]}><Icon name="arrow-back-up" size={14} /><span className="visually-hidden">{/** @type {any} */ (RETURNS)[back.kind]}</span></span>}
        {paint?.pinned && <span className="fe-glyph" title="Pinned output"><Icon name="pin" size={14} /><span className="visually-hidden">pinned output</span></span>}
        <Problems problems={problems} />
        <Status paint={paint} />
      </header>
      <p className="fe-facts">
        <code>{pathway.signature?.name || id}</code>
        {pathway.guidelines?.length > 0 && <span>{pathway.guidelines.length} guideline{pathway.guidelines.length === 1 ? "" : "s"}</span>}
        {pathway.timeout_s && <span>{pathway.timeout_s} s</span>}
        <Covered state={paint?.coverage} />
      </p>
      <Inside pathway={pathway} agents={agents} patterns={patterns} open={Boolean(selected)} />
      {fit && !fit.ok && <p className="fe-why">{fit.why}</p>}
      <Quick id={id} />
      <Ports />
    </div>
  );
}

/** The buttons of a selected pathway, for a finger and a mouse; the keyboard has its keys. @param {any} props */
function Quick({ id }) {
  const { session, ui } = useEditing();
  const alone = useSyncExternalStore(session.subscribe, () => session.selection.kind === "pathway" && session.selection.id === id);
  if (!alone) return null;
  return (
    <div className="fe-quick nodrag nopan">
      <button type="button" tabIndex={-1} onClick={() => ui.openConnect(id)} title="Connect to … (C)"><Icon name="route" />Connect</button>
      <button type="button" tabIndex={-1} onClick={() => ui.openPicker({ into: id })} title="Add an agent"><Icon name="plus" />Agent</button>
      <button type="button" tabIndex={-1} onClick={() => ui.rename(id)} title="Rename (F2)"><Icon name="pencil" /><span className="visually-hidden">Rename</span></button>
      <button type="button" tabIndex={-1} onClick={() => ui.duplicate()} title="Duplicate (Ctrl+D)"><Icon name="copy" /><span className="visually-hidden">Duplicate</span></button>
      <button type="button" tabIndex={-1} onClick={() => ui.remove()} title="Delete (Del)"><Icon name="trash" /><span className="visually-hidden">Delete</span></button>
    </div>
  );
}

/** @param {any} props */
function EndBox({ id, selected }) {
  const fit = useFit(id);
  return (
    <div className="fe-node fe-end" data-on={selected ? "" : undefined} data-fit={fit ? (fit.ok ? "yes" : "no") : undefined}>
      <Icon name="door-exit" /> End
      {fit && !fit.ok && <p className="fe-why">{fit.why}</p>}
      <Ports source={false} />
    </div>
  );
}

/** @param {any} props */
function AnywhereBox({ id, selected }) {
  const fit = useFit(id);
  return (
    <div className="fe-node fe-anywhere" data-on={selected ? "" : undefined} data-fit={fit ? "no" : undefined}>
      <Icon name="world" /> Anywhere
      <Ports target={false} />
    </div>
  );
}

/** Position is React Flow's matter: a node is drawn again when what it shows has changed. @param {any} a @param {any} b */
const same = (a, b) => a.data === b.data && a.selected === b.selected;

export const nodeTypes = { pathway: memo(PathwayBox, same), end: memo(EndBox, same), anywhere: memo(AnywhereBox, same) };
