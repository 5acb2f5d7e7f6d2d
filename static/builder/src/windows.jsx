// @ts-check
/** Which window of the editor is open, and what its answer does. */

import { useEffect, useState } from "react";
import * as act from "./actions.js";
import { Connect, Mapping, Targets } from "./connect.jsx";
import { useEditing } from "./context.js";
import { Ask, Confirm, Dialog } from "./dialog.jsx";
import { shapeOf } from "./frames.jsx";
import { END, nameOf, pillOf, titleOf } from "./graph.js";
import { Icon } from "./icons.jsx";
import { KEYS } from "./keys.js";
import { pathwayOf } from "./ops.js";
import { Picker } from "./picker.jsx";

/** @param {{ open: any, close: () => void }} props */
export function Windows({ open, close }) {
  const { session, ui } = useEditing();
  const { draft, palette } = session.state;
  const name = (/** @type {string} */ id) => nameOf(draft, id);
  if (!open) return null;
  const load = () => session.ask("mapping", { source: open.from, target: open.to });
  switch (open.kind) {
    case "picker":
      return <Picker palette={palette} into={open.into} from={open.from} titleOf={name} onPick={(item) => ui.add(item, open)} onClose={close} />;
    case "name": {
      const noun = open.item.kind === "agent" ? "agent" : "pathway";
      return <Ask title={`New ${noun}`} label={`Name of the ${noun}`} value="" ok="Add" onDone={(text) => ui.named(open, text)} onClose={close} />;
    }
    case "rename":
      return <Ask title="Rename the pathway" label="Title" value={titleOf(pathwayOf(draft, open.id))} ok="Rename" onDone={(text) => { act.rename(session, open.id, text); close(); }} onClose={close} />;
    case "targets": {
      const ids = [...(draft.pathways || []).map((/** @type {any} */ p) => p.id), END].filter((id) => id !== open.from);
      const targets = ids.map((id) => ({ id, name: name(id), fit: ui.fit(open.from, id) })).sort((a, b) => Number(b.fit.ok) - Number(a.fit.ok));
      return <Targets targets={targets} title={`Connect ${name(open.from)} to`} none="There is nothing to connect to yet." onPick={(id) => ui.askConnection(open.from, id)} onClose={close} />;
    }
    case "actions":
      return <Actions card={open.card} close={close} />;
    case "pattern":
      return <Patterns pathway={pathwayOf(draft, open.pathway)} patterns={palette.patterns || []} onPick={(one) => { act.setPattern(session, open.pathway, one.name, one.title); close(); }} onClose={close} />;
    case "move": {
      const others = (draft.pathways || []).filter((/** @type {any} */ p) => p.id !== open.card.pathway && !p.agents?.includes(open.card.agent));
      const targets = others.map((/** @type {any} */ p) => ({ id: p.id, name: titleOf(p), fit: { ok: true } }));
      return <Targets targets={targets} title={`Move ${open.card.title} to`} none="There is no other pathway that it could answer in." onPick={(id) => ui.moveCard(open.card, id)} onClose={close} />;
    }
    case "connect":
      return <Connect key={`${open.from}>${open.to}`} from={open.from} to={open.to} names={[name(open.from), name(open.to)]} load={load} onDone={(made) => { act.connect(session, open.from, open.to, made); close(); }} onClose={close} />;
    case "mapping":
      return <MappingWindow open={open} name={name(open.to)} load={load} close={close} />;
    case "remove":
      return <Confirm title={`Remove ${open.pathways.map(name).join(", ")}?`} told={open.told} ok="Remove" onDone={() => { act.remove(session, open.pathways, open.edges); close(); }} onClose={close} />;
    case "find":
      return <Find close={close} />;
    default:
      return <Help close={close} />;
  }
}

/** @param {{ open: any, name: string, load: () => Promise<any>, close: () => void }} props */
function MappingWindow({ open, name, load, close }) {
  const { session } = useEditing();
  const [mapping, setMapping] = useState(/** @type {any} */ (null));
  const [chosen, setChosen] = useState(/** @type {Record<string, any>} */ ({}));
  useEffect(() => {
    let here = true;
    void load().then((found) => here && setMapping(found || { rows: [] }));
    return () => { here = false; };
  }, []);
  return (
    <Dialog title={`Mapping of ${name}`} onClose={close} wide>
      <form className="fe-connect" onSubmit={(event) => { event.preventDefault(); act.setMapping(session, open.to, Object.values(chosen).flatMap((one) => one.ops)); close(); }}>
        <Mapping mapping={mapping} chosen={chosen} target={name} onChoose={(field, one) => setChosen({ ...chosen, [field]: one })} />
        <div className="fe-buttons">
          <button type="button" className="btn" onClick={close}>Cancel</button>
          <button className="btn btn-primary">Save the mapping</button>
        </div>
      </form>
    </Dialog>
  );
}

/** @param {{ close: () => void }} props */
function Find({ close }) {
  const { session, ui } = useEditing();
  const [word, setWord] = useState("");
  const { draft } = session.state;
  const all = [
    ...(draft.pathways || []).map((/** @type {any} */ p) => ({ kind: "pathway", id: p.id, title: titleOf(p), note: p.id, icon: "route" })),
    ...(draft.pathways || []).flatMap((/** @type {any} */ p) => (p.agents || []).map((/** @type {string} */ a) => ({ kind: "agent", id: a, pathway: p.id, title: a, note: `in ${titleOf(p)}`, icon: "robot" }))),
    ...(draft.transitions || []).map((/** @type {any} */ t) => ({ kind: "transition", id: t.id, title: t.label || pillOf(t.trigger).text, note: `to ${nameOf(draft, t.to_pathway)}`, icon: "arrow-right" })),
  ];
  const found = all.filter((item) => `${item.title} ${item.note}`.toLowerCase().includes(word.trim().toLowerCase()));
  const go = (/** @type {any} */ item) => {
    close();
    session.select({ kind: item.kind, id: item.id, ...(item.pathway ? { pathway: item.pathway } : {}) }, { open: true });
    setTimeout(() => ui.show(item, true), 30);
  };
  return (
    <Dialog title="Find in this journey" onClose={close}>
      <input className="form-control" type="search" aria-label="Find" placeholder="Pathway, agent, intent …" value={word} autoFocus onChange={(event) => setWord(event.target.value)} onKeyDown={(event) => { if (event.key === "Enter" && found[0]) { event.preventDefault(); go(found[0]); } }} />
      <ul className="fe-options">
        {found.map((item) => <li key={`${item.kind}:${item.pathway || ""}:${item.id}`}><button type="button" className="fe-option" onClick={() => go(item)}><Icon name={item.icon} /><span><b>{item.title}</b><small>{item.note}</small></span></button></li>)}
        {!found.length && <li className="fe-none">Nothing here is called “{word}”.</li>}
      </ul>
    </Dialog>
  );
}

/** @param {{ pathway: any, patterns: any[], onPick: (pattern: any) => void, onClose: () => void }} props */
function Patterns({ pathway, patterns, onPick, onClose }) {
  const now = pathway.pipeline || "sequential";
  return (
    <Dialog title={`How the agents of ${titleOf(pathway)} answer`} onClose={onClose}>
      <ul className="fe-options">
        {patterns.map((one) => (
          <li key={one.name}>
            <button type="button" className="fe-option" data-first={one.name === now ? "" : undefined} aria-current={one.name === now ? "true" : undefined} onClick={() => onPick(one)}>
              <Icon name={shapeOf(one.name).icon} />
              <span><b>{one.title}</b>{shapeOf(one.name).about && <small>{shapeOf(one.name).about}</small>}</span>
              {one.name === now && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** What can be done with the card of an agent. @param {{ card: any, close: () => void }} props */
function Actions({ card, close }) {
  const { session, ui } = useEditing();
  const count = pathwayOf(session.state.draft, card.pathway)?.agents?.length || 0;
  const armed = Boolean(session.paint.nodes?.[`${card.pathway}/${card.agent}`]?.breakpoint);
  const all = [
    ["open", "Open", "Enter", true],
    ["breakpoint", armed ? "Clear the breakpoint" : "Set a breakpoint", "B", true],
    ["move", "Move to …", "M", true],
    ["earlier", "Earlier", "↑", card.index > 0],
    ["later", "Later", "↓", card.index < count - 1],
    ["remove", "Take out", "Del", true],
  ];
  return (
    <Dialog title={card.title} onClose={close}>
      <ul className="fe-options">
        {all.filter(([, , , can]) => can).map(([what, label, key], n) => (
          <li key={String(what)}><button type="button" className="fe-option" autoFocus={n === 0} onClick={() => { close(); ui.onCard(what, card); }}><span><b>{label}</b></span><kbd>{key}</kbd></button></li>
        ))}
      </ul>
    </Dialog>
  );
}

/** @param {{ close: () => void }} props */
function Help({ close }) {
  return (
    <Dialog title="Keys of the canvas" onClose={close}>
      <dl className="fe-keys">{KEYS.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <div className="fe-buttons"><button type="button" className="btn btn-primary" onClick={close} autoFocus>Close</button></div>
    </Dialog>
  );
}
