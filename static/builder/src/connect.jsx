// @ts-check
/** Connecting: a list of targets for the keyboard, and the window in which a connection gets its kind and its mapping. */

import { useEffect, useState } from "react";
import { Dialog } from "./dialog.jsx";
import { Icon } from "./icons.jsx";

const KINDS = [
  ["intent", "Intent", "when the person means something"],
  ["condition", "Condition", "when an expression is true"],
  ["always", "Always", "whenever nothing else was taken"],
  ["event", "Event", "after a time-out, silence, a tool or an error"],
  ["next", "Next", "when the pathway is complete"],
  ["return", "Return", "when the pathway is complete, back to there"],
  ["error", "On error", "when the pathway fails"],
];
const EVENTS = [["inactivity", "Nobody wrote for a while"], ["timeout", "The pathway took too long"], ["tool_result", "A tool has answered"], ["error", "The pathway failed"]];
const MARKS = { ok: ["check", "fits"], lossy: ["alert-triangle", "lossy"], broken: ["alert-circle", "does not fit"], unbound: ["alert-circle", "nothing brings it"] };

/** Which kinds can join these two. @param {string} from @param {string} to */
function kindsFor(from, to) {
  return KINDS.filter(([kind]) => {
    if (from === "*") return ["intent", "condition", "always", "event"].includes(kind);
    if (to === "end") return kind !== "return" && kind !== "error";
    return kind !== "next" || from !== to;
  });
}

/** @param {{ targets: { id: string, name: string, fit: any }[], title: string, none: string, onPick: (id: string) => void, onClose: () => void }} props */
export function Targets({ targets, title, none, onPick, onClose }) {
  return (
    <Dialog title={title} onClose={onClose}>
      <ul className="fe-options">
        {targets.map(({ id, name: target, fit }, n) => (
          <li key={id}>
            <button type="button" className="fe-option" autoFocus={n === 0} data-fit={fit.ok ? "yes" : "no"} onClick={() => onPick(id)}>
              <Icon name={fit.ok ? "arrow-right" : "alert-triangle"} />
              <span><b>{target}</b>{fit.why && <small>{fit.why}</small>}</span>
            </button>
          </li>
        ))}
        {!targets.length && <li className="fe-none">{none}</li>}
      </ul>
    </Dialog>
  );
}

/**
 * @param {{ from: string, to: string, names: [string, string], load: () => Promise<any>, onDone: (made: any) => void, onClose: () => void }} props
 * `load` asks the server how the fields of the two fit.
 */
export function Connect({ from, to, names, load, onDone, onClose }) {
  const kinds = kindsFor(from, to);
  const [kind, setKind] = useState(kinds[0][0]);
  const [text, setText] = useState("");
  const [event, setEvent] = useState("inactivity");
  const [push, setPush] = useState(false);
  const [mapping, setMapping] = useState(/** @type {any} */ (null));
  const [chosen, setChosen] = useState(/** @type {Record<string, any>} */ ({}));
  useEffect(() => {
    if (to === "end") return undefined;
    let here = true;
    void load().then((found) => here && setMapping(found || { rows: [] }));
    return () => { here = false; };
  }, []);
  const needsText = kind === "intent" || kind === "condition";
  const done = (/** @type {any} */ submit) => {
    submit.preventDefault();
    onDone({ kind, text: text.trim(), event, push, ops: Object.values(chosen).flatMap((one) => one.ops) });
  };
  return (
    <Dialog title={`${names[0]} → ${names[1]}`} onClose={onClose} wide>
      <form onSubmit={done} className="fe-connect">
        <fieldset>
          <legend>When is it taken?</legend>
          <div className="fe-kinds">
            {kinds.map(([name, label, hint], n) => (
              <label key={name} className="fe-kind" data-on={kind === name ? "" : undefined}>
                <input type="radio" name="kind" value={name} checked={kind === name} autoFocus={n === 0} onChange={() => setKind(name)} />
                <span><b>{label}</b><small>{hint}</small></span>
              </label>
            ))}
          </div>
        </fieldset>
        {kind === "intent" && <label className="form-label">Intents, with commas between<input className="form-control" value={text} required pattern=".*\S.*" placeholder="help, faq" onChange={(e) => setText(e.target.value)} /></label>}
        {kind === "condition" && <label className="form-label">Condition over what is known<input className="form-control font-monospace" value={text} required placeholder="context.age &gt;= 18" onChange={(e) => setText(e.target.value)} /></label>}
        {kind === "event" && <label className="form-label">Event<select className="form-select" value={event} onChange={(e) => setEvent(e.target.value)}>{EVENTS.map(([name, label]) => <option key={name} value={name}>{label}</option>)}</select></label>}
        {!["next", "return", "error"].includes(kind) && to !== "end" && (
          <label className="form-check">
            <input className="form-check-input" type="checkbox" checked={push} onChange={(e) => setPush(e.target.checked)} />
            <span className="form-check-label">Come back when {names[1]} is complete</span>
          </label>
        )}
        {to !== "end" && kind !== "return" && <Mapping mapping={mapping} chosen={chosen} target={names[1]} onChoose={(field, one) => setChosen({ ...chosen, [field]: one })} />}
        <div className="fe-buttons">
          <button type="button" className="btn" onClick={onClose}>Cancel</button>
          <button className="btn btn-primary" disabled={needsText && !text.trim()}>Connect</button>
        </div>
      </form>
    </Dialog>
  );
}

/** @param {{ mapping: any, chosen: Record<string, any>, target: string, onChoose: (field: string, one: any) => void }} props */
export function Mapping({ mapping, chosen, target, onChoose }) {
  if (!mapping) return <p className="form-hint" role="status">Reading which fields fit …</p>;
  if (mapping.failed) return <p className="form-hint" role="status">The fields cannot be compared now: {mapping.failed}. They are matched by name.</p>;
  if (!mapping.rows.length) return <p className="form-hint">{target} takes nothing from here: it only needs what the person says.</p>;
  return (
    <table className="fe-mapping">
      <caption>What {target} gets</caption>
      <thead><tr><th scope="col">Input</th><th scope="col">Comes from</th><th scope="col">Fits?</th></tr></thead>
      <tbody>
        {mapping.rows.map((/** @type {any} */ row) => <Row key={`${row.agent}.${row.field}`} row={row} one={chosen[row.field]} onChoose={onChoose} />)}
      </tbody>
    </table>
  );
}

/** @param {{ row: any, one: any, onChoose: (field: string, one: any) => void }} props */
function Row({ row, one, onChoose }) {
  const { options } = row;
  const value = one ? one.name : row.source;
  const state = one ? one.state : row.state;
  const [icon, word] = /** @type {any} */ (MARKS)[state] || MARKS.ok;
  const why = one ? one.why : row.why;
  const pick = (/** @type {any} */ event) => {
    const option = options.find((/** @type {any} */ o) => o.name === event.target.value);
    if (option) onChoose(row.field, option);
  };
  return (
    <tr data-state={state}>
      <th scope="row"><code>{row.field}</code>{row.required && <span title="needed"> *</span>}<small>{row.type}</small></th>
      <td>
        <select className="form-select" aria-label={`Source of ${row.field}`} value={value} onChange={pick}>
          {!value && <option value="">{row.how === "default" ? "its default" : "nothing"}</option>}
          {value && !options.some((/** @type {any} */ o) => o.name === value) && <option value={value}>{value}</option>}
          {options.map((/** @type {any} */ o) => <option key={o.name} value={o.name}>{`${o.name} (${o.from}${o.state === "ok" ? "" : `, ${o.state === "lossy" ? "lossy" : "does not fit"}`})`}</option>)}
        </select>
        {!one && row.mends.map((/** @type {any} */ mend) => <button key={mend.label} type="button" className="btn btn-sm" onClick={() => onChoose(row.field, { name: mend.label, state: "ok", ops: mend.ops })}>{mend.label}</button>)}
      </td>
      <td><span className="fe-fit" data-state={state}><Icon name={icon} size={14} />{word}</span>{why && <small>{why}</small>}</td>
    </tr>
  );
}
