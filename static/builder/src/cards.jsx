// @ts-check
/** What answers in a pathway: its agents as cards, which move by mouse and by keys. */

import { useEditing, usePaint } from "./context.js";
import { Foot, Frame, Members, Slot } from "./frames.jsx";
import { Icon } from "./icons.jsx";
import { Break, Problems, STATES } from "./marks.jsx";

/** @param {{ agent: any, pathway: string, index: number, open: boolean }} props `open`: the keyboard goes through the cards of what is chosen */
function Card({ agent, pathway, index, open }) {
  const { ui } = useEditing();
  const paint = usePaint("nodes", `${pathway}/${agent.name}`);
  const names = (/** @type {any[]} */ fields) => fields.map((f) => f.name).join(", ") || "…";
  const about = agent.members.length && !agent.outputs.length ? `${agent.members.length} members` : `${names(agent.inputs)} → ${names(agent.outputs)}`;
  const card = { agent: agent.name, title: agent.title, pathway, index };
  const armed = Boolean(paint?.breakpoint);
  return (
    <li
      className="fe-card nopan nodrag"
      data-kind={agent.kind}
      data-agent={agent.name}
      data-team={agent.members.length ? "" : undefined}
      data-unknown={agent.known ? undefined : ""}
      draggable
      onDragStart={(event) => ui.dragAgent(event, agent.name, pathway)}
      onDragOver={(event) => ui.overCard(event)}
      data-index={index}
      onDragLeave={(event) => ui.leftCard(event)}
      onDrop={(event) => ui.dropOnPathway(event, pathway, index)}
      onClick={(event) => { event.stopPropagation(); ui.openCard(card); }}
    >
      <Break place={agent.name} name={agent.title} armed={armed} />
      <div role="button" className="fe-card-open" tabIndex={open ? 0 : -1} onKeyDown={(event) => ui.cardKey(event, card)}>
        <span className="fe-card-icon"><Icon name={agent.kind === "pipeline" ? "stack-2" : "robot"} /></span>
        <span className="fe-card-words">
          <b>{agent.title}</b>
          <small title={about}>{agent.known ? about : "there is no agent of this name"}</small>
        </span>
        <span className="fe-card-marks">
          {armed && <span className="visually-hidden">breakpoint</span>}
          {agent.asks.length > 0 && <span className="fe-asks" title={`A person approves: ${agent.asks.join(", ")}`}><Icon name="lock" size={13} /><span className="visually-hidden">a person approves {agent.asks.join(", ")}</span></span>}
          {paint?.pinned && <span className="fe-glyph" title="Pinned output"><Icon name="pin" size={13} /><span className="visually-hidden">pinned output</span></span>}
          <Problems problems={agent.problems} />
          {agent.model && <span className="fe-model">{agent.model}</span>}
          {paint?.state && <span className="fe-state" data-state={paint.state}><Icon name={/** @type {any} */ (STATES)[paint.state] || "circle-dot"} size={13} /><span className="visually-hidden">{paint.state}</span></span>}
        </span>
      </div>
      <button type="button" className="fe-card-more" tabIndex={-1} aria-label={`Actions of ${agent.title}`} title="Actions" onClick={(event) => { event.stopPropagation(); ui.openActions(card); }}>
        <Icon name="dots" size={15} />
      </button>
      {agent.members.length > 0 && <Members agent={agent} />}
    </li>
  );
}

/** @param {{ pathway: any, agents: any[], patterns: any[], open: boolean }} props */
export function Inside({ pathway, agents, patterns, open }) {
  const { ui } = useEditing();
  if (!agents.length) {
    return (
      <button type="button" className="fe-empty nodrag nopan" tabIndex={-1} onClick={(event) => { event.stopPropagation(); ui.openPicker({ into: pathway.id }); }}>
        <Icon name="plus" size={14} /> Add what answers here
      </button>
    );
  }
  const first = (/** @type {any} */ agent) => agents.findIndex((other) => other.name === agent.name);
  const cards = agents.map((agent, n) => <Card key={first(agent) === n ? agent.name : `${agent.name}:${n}`} agent={agent} pathway={pathway.id} index={n} open={open} />);
  if (agents.length === 1) return <ol className="fe-cards">{cards}</ol>;
  const pattern = pathway.pipeline || "sequential";
  return (
    <Frame pathway={pathway.id} pattern={pattern} patterns={patterns}>
      <ol className="fe-cards" data-pattern={pattern}>
        {cards}
        <Slot pathway={pathway.id} index={agents.length} pattern={pattern} />
      </ol>
      <Foot pattern={pattern} />
    </Frame>
  );
}
