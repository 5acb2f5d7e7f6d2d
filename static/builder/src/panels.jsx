// @ts-check
/** What lies on the canvas: its tools, the state of saving, the legend and the overview. */

import { MiniMap, Panel, useReactFlow } from "@xyflow/react";
import { useState, useSyncExternalStore } from "react";
import { useEditing } from "./context.js";
import { Icon } from "./icons.jsx";
import { COVERAGE } from "./marks.jsx";

/** @param {{ icon: string, label: string, keys?: string, onClick: () => void, disabled?: boolean, pressed?: boolean }} props */
function Tool({ icon, label, keys, onClick, disabled, pressed }) {
  return (
    <button type="button" className="fe-tool" onClick={onClick} disabled={disabled} aria-label={label} aria-pressed={pressed} title={keys ? `${label} (${keys})` : label}>
      <Icon name={icon} size={18} />
    </button>
  );
}

/** @param {{ fit: () => void }} props */
export function Tools({ fit }) {
  const { session, ui } = useEditing();
  useSyncExternalStore(session.subscribe, session.getVersion);
  const { save } = session;
  return (
    <>
      <Panel position="top-left" className="fe-panel">
        <div role="toolbar" aria-label="Canvas" className="fe-tools">
          <button type="button" className="fe-tool fe-tool-word" onClick={() => ui.openPicker({})} title="Add (N)"><Icon name="plus" size={18} />Add</button>
          <Tool icon="search" label="Find" keys="/" onClick={() => ui.key("find")} />
          <button type="button" className="fe-tool fe-tool-word" onClick={() => ui.tidy()} title="Tidy (T)"><Icon name="tidy" size={18} />Tidy</button>
          <Tool icon="keys" label="Keys" keys="?" onClick={() => ui.key("help")} />
        </div>
      </Panel>
      {save.text && (
        <Panel position="top-right" className="fe-panel fe-save">
          <span data-state={save.state} role="status">
            <Icon name={/** @type {any} */ ({ saved: "check", saving: "loader-2", offline: "wifi-off", conflict: "arrows-split", refused: "alert-circle" })[save.state] || "check"} size={14} />
            {save.text}
            {save.state === "conflict" && save.link && <a href={save.link}>Merge</a>}
          </span>
        </Panel>
      )}
      <Panel position="bottom-left" className="fe-panel">
        <Legend />
        <Zoom fit={fit} />
      </Panel>
    </>
  );
}

/** @param {{ fit: () => void }} props */
function Zoom({ fit }) {
  const flow = useReactFlow();
  return (
    <div role="group" aria-label="Zoom" className="fe-tools">
      <Tool icon="minus" label="Further away" keys="-" onClick={() => void flow.zoomOut()} />
      <Tool icon="plus" label="Nearer" keys="+" onClick={() => void flow.zoomIn()} />
      <Tool icon="fit" label="Show everything" keys="0" onClick={fit} />
    </div>
  );
}

function Legend() {
  const { session } = useEditing();
  const paint = useSyncExternalStore(session.subscribe, session.getPaint);
  const nodes = Object.values(paint?.nodes || {});
  const edges = Object.values(paint?.edges || {});
  const covering = [...nodes, ...edges].some((item) => item.coverage);
  const running = nodes.some((item) => item.state) || edges.some((item) => item.taken != null);
  if (!covering && !running) return null;
  return (
    <ul className="fe-legend" aria-label="Legend">
      {running && <><li><Icon name="loader-2" size={14} />running</li><li><Icon name="hourglass" size={14} />waiting</li><li><Icon name="circle-check" size={14} />done</li><li><Icon name="circle-x" size={14} />failed</li><li><i className="fe-line" data-taken="true" />path taken</li></>}
      {covering && Object.values(COVERAGE).map(({ icon, words }) => <li key={words}><Icon name={icon} size={14} />{words}</li>)}
    </ul>
  );
}

export function Corner() {
  const [open, setOpen] = useState(() => window.innerWidth > 900);
  return (
    <>
      {open && <MiniMap pannable zoomable ariaLabel="Overview of the journey" className="fe-map" nodeClassName={(node) => `fe-map-${node.type}${node.selected ? " fe-map-on" : ""}`} nodeBorderRadius={8} />}
      <Panel position="bottom-right" className="fe-panel fe-map-switch">
        <Tool icon="map" label="Overview" pressed={open} onClick={() => setOpen(!open)} />
      </Panel>
    </>
  );
}
