// @ts-check
/** The canvas: React Flow drawing a session, and every gesture and key turned into an action. */

import { applyEdgeChanges, applyNodeChanges, Background, ReactFlow, useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import * as act from "./actions.js";
import { Editing } from "./context.js";
import { Arrows, edgeTypes } from "./edges.jsx";
import { Parts, flowEdgesOf, nodesOf } from "./flow.js";
import { meaning } from "./keys.js";
import { nodeTypes } from "./nodes.jsx";
import { pathwayIds } from "./ops.js";
import { Corner, Tools } from "./panels.jsx";
import { makeUi } from "./ui.js";
import { showBeginning, showEverything } from "./view.js";
import { Windows } from "./windows.jsx";

const NONE = { kind: "journey", id: "" };
const WORDS = {
  "node.a11yDescription.default": "Press Enter to open it. The arrow keys move it, C connects it, Delete removes it.",
  "node.a11yDescription.keyboardDisabled": "Press Enter to open it.",
  "edge.a11yDescription.default": "Press Enter to open it, M for its mapping, Delete to remove it.",
};

/** Far away only titles can be read: the rest is hidden, and drawing is cheaper. */
function Distance() {
  const far = useStore((store) => store.transform[2] < 0.45);
  const root = useStore((store) => store.domNode);
  useLayoutEffect(() => void root?.toggleAttribute("data-far", far), [far, root]);
  return null;
}

/** @param {{ session: import("./session.js").Session }} props */
export function Editor({ session }) {
  const flow = useReactFlow();
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const parts = useRef(new Parts()).current;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [nodes, setNodes] = useState(() => nodesOf(state, parts));
  const [edges, setEdges] = useState(() => flowEdgesOf(state, parts));
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const now = useRef({ nodes, edges });
  now.current = { nodes, edges };

  useLayoutEffect(() => {
    setNodes((before) => kept(before, nodesOf(state, parts), ["position", "data", "ariaLabel"]));
    setEdges((before) => kept(before, flowEdgesOf(state, parts), ["data"]));
  }, [state, parts]);

  const ui = useMemo(() => makeUi({ session, flow, setOpen, root, now, setNodes, setEdges }), [session, flow]);
  const value = useMemo(() => ({ session, ui }), [session, ui]);

  // Everything that moves comes through here: the arrow keys fire no drag handler.
  const onNodesChange = useCallback((/** @type {any[]} */ changes) => {
    const allowed = changes.filter((change) => change.type !== "remove");
    setNodes((before) => applyNodeChanges(allowed, before));
    const moved = allowed.filter((change) => change.type === "position" && change.dragging === false && change.position);
    if (moved.length) ui.moved(moved);
  }, [ui]);
  const onEdgesChange = useCallback((/** @type {any[]} */ changes) => setEdges((before) => applyEdgeChanges(changes.filter((change) => change.type !== "remove"), before)), []);
  const onSelection = useCallback((/** @type {any} */ picked) => ui.selected(picked), [ui]);
  const onConnect = useCallback((/** @type {any} */ made) => ui.askConnection(made.source, made.target), [ui]);
  const onConnectStart = useCallback((/** @type {any} */ _event, /** @type {any} */ from) => void ui.loadFits(from.nodeId), [ui]);
  const onConnectEnd = useCallback((/** @type {any} */ event, /** @type {any} */ end) => ui.droppedConnection(event, end), [ui]);
  const valid = useCallback((/** @type {any} */ made) => !ui.impossible(made.source, made.target), [ui]);
  const onReconnect = useCallback((/** @type {any} */ edge, /** @type {any} */ made) => act.reconnect(session, edge.id, made.target), [session]);
  const onNodeClick = useCallback((/** @type {any} */ _event, /** @type {any} */ node) => ui.openNode(node.id), [ui]);
  const onEdgeClick = useCallback((/** @type {any} */ _event, /** @type {any} */ edge) => session.select(edge.data.ref, { open: true }), [session]);
  const onEdgeDoubleClick = useCallback((/** @type {any} */ _event, /** @type {any} */ edge) => ui.openMapping(edge.target, edge.source), [ui]);
  const onPaneClick = useCallback(() => session.select(NONE), [session]);
  const veil = useCallback((/** @type {any} */ event) => root.current?.toggleAttribute("data-moving", Boolean(event) && event.type !== "wheel"), []);
  const unveil = useCallback(() => root.current?.removeAttribute("data-moving"), []);

  useEffect(() => ui.listen(), [ui]);
  const fitted = useRef(false);
  useEffect(() => {
    if (fitted.current || !nodes.length || !nodes.every((node) => node.measured)) return;
    fitted.current = true;
    showBeginning(flow, root.current, session.state.draft.entry);
  }, [nodes, flow, session]);

  const onKeyDown = (/** @type {import("react").KeyboardEvent} */ event) => {
    const what = meaning(event);
    if (!what) return;
    event.stopPropagation(); // the page has keys of its own for the same words
    const target = /** @type {HTMLElement} */ (event.target);
    if (what !== "open" || target.closest(".react-flow__node, .react-flow__edge")) event.preventDefault();
    ui.key(what, target);
  };

  return (
    <Editing.Provider value={value}>
      <div className="fe-root" ref={root} onKeyDown={onKeyDown} onDoubleClick={(event) => ui.doubleClick(event)}>
        <Arrows />
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onSelectionChange={onSelection}
          onConnect={onConnect}
          onConnectStart={onConnectStart}
          onConnectEnd={onConnectEnd}
          onClickConnectStart={onConnectStart}
          isValidConnection={valid}
          onReconnect={onReconnect}
          onNodeClick={onNodeClick}
          onEdgeClick={onEdgeClick}
          onEdgeDoubleClick={onEdgeDoubleClick}
          onPaneClick={onPaneClick}
          onMoveStart={veil}
          onMoveEnd={unveil}
          onNodeDragStart={veil}
          onNodeDragStop={unveil}
          edgesReconnectable
          connectionRadius={36}
          deleteKeyCode={null}
          multiSelectionKeyCode={["Meta", "Control", "Shift"]}
          zoomOnDoubleClick={false}
          minZoom={0.08}
          maxZoom={2}
          snapToGrid
          snapGrid={[8, 8]}
          ariaLabelConfig={WORDS}
          aria-label="The journey as a graph"
          elevateEdgesOnSelect
        >
          <Distance />
          <Background gap={24} size={1.4} />
          <Tools fit={() => showEverything(flow)} />
          <Corner />
        </ReactFlow>
        {!pathwayIds(state.draft).length && <Nothing onAdd={() => ui.openPicker({})} />}
        <Windows open={open} close={() => setOpen(null)} />
        <p className="visually-hidden" data-say aria-live="polite" />
      </div>
    </Editing.Provider>
  );
}

/** @param {{ onAdd: () => void }} props */
function Nothing({ onAdd }) {
  return (
    <div className="fe-nothing">
      <h2>An empty journey</h2>
      <p>A journey is made of pathways, the stages of a conversation. Drag one from the palette, or begin here.</p>
      <button type="button" className="btn btn-primary" onClick={onAdd}>Add the first pathway</button>
    </div>
  );
}

/** What React Flow knows of a node (its size, whether it is selected) stays; what the draft says comes from `fresh`. @param {any[]} before @param {any[]} fresh @param {string[]} keys */
function kept(before, fresh, keys) {
  const old = new Map(before.map((item) => [item.id, item]));
  let changed = before.length !== fresh.length;
  const merged = fresh.map((item, n) => {
    const was = old.get(item.id);
    if (was && keys.every((key) => same(was[key], item[key])) && was.source === item.source && was.target === item.target) {
      if (before[n] !== was) changed = true;
      return was;
    }
    changed = true;
    if (!was) return item;
    return { ...item, selected: was.selected, ...(was.measured ? { measured: was.measured } : {}), ...(was.dragging ? { position: was.position, dragging: true } : {}) };
  });
  return changed ? merged : before;
}

/** @param {any} a @param {any} b */
function same(a, b) {
  return a === b || (a && b && typeof a === "object" && "x" in a && a.x === b.x && a.y === b.y);
}
