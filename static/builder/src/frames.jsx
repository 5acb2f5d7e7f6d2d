// @ts-check
/**
 * How agents answer together, as a frame that is known by its shape: one after another with arrows, a fan-out that joins
 * again, or a question that chooses one. A pattern without a shape of its own is a plain frame with its name.
 */

import { useEditing } from "./context.js";
import { Icon } from "./icons.jsx";

/** What each shape says; a slot is where one more can be dropped. */
export const SHAPES = {
  sequential: { icon: "arrow-right", about: "Each gets what the ones before it brought.", slot: "Then …" },
  parallel: { icon: "git-fork", about: "All get the same at the same time; their answers become one.", slot: "And …", foot: "joined to one answer" },
  router: { icon: "arrows-split", about: "A model reads what was asked, and the one that fits it answers.", slot: "Or …", head: "Whose matter is it?" },
};
const PLAIN = { icon: "stack-2", about: "", slot: "Add …" };

/** @param {string} pattern @returns {any} */
export const shapeOf = (pattern) => /** @type {any} */ (SHAPES)[pattern] || PLAIN;

/** The name of a pattern as the server has it. @param {any[]} patterns @param {string} pattern */
export function titleOfPattern(patterns, pattern) {
  return patterns.find((one) => one.name === pattern)?.title || pattern;
}

/** @param {{ pathway: string, pattern: string, patterns: any[], children: any }} props */
export function Frame({ pathway, pattern, patterns, children }) {
  const { ui } = useEditing();
  const shape = shapeOf(pattern);
  return (
    <div className="fe-frame" data-pattern={pattern} data-shape={pattern in SHAPES ? pattern : "plain"}>
      <button type="button" className="fe-pattern nodrag nopan" tabIndex={-1} aria-haspopup="dialog" title={`${shape.about} Press to change it (P)`.trim()} onClick={(event) => { event.stopPropagation(); ui.openPattern(pathway); }}>
        <Icon name={shape.icon} size={14} />
        <span className="visually-hidden">How they answer together: </span>
        <b>{titleOfPattern(patterns, pattern)}</b>
        <Icon name="chevron-down" size={13} />
      </button>
      {shape.head && <p className="fe-question"><i aria-hidden="true" />{shape.head}</p>}
      {children}
    </div>
  );
}

/** @param {{ pattern: string }} props */
export function Foot({ pattern }) {
  const { foot } = shapeOf(pattern);
  return foot ? <p className="fe-foot"><i aria-hidden="true" />{foot}</p> : null;
}

/** Where one more can be dropped or added. @param {{ pathway: string, index: number, pattern: string }} props */
export function Slot({ pathway, index, pattern }) {
  const { ui } = useEditing();
  return (
    <li className="fe-slot nodrag nopan" data-index={index} onDragOver={(event) => ui.overCard(event)} onDragLeave={(event) => ui.leftCard(event)} onDrop={(event) => ui.dropOnPathway(event, pathway, index)}>
      <button type="button" tabIndex={-1} title="Drop an agent here, or press to choose one (A)" onClick={(event) => { event.stopPropagation(); ui.openPicker({ into: pathway, index }); }}>
        <Icon name="plus" size={13} />{shapeOf(pattern).slot}
      </button>
    </li>
  );
}

/** The members of an agent that is a pipeline itself, in the same shapes. @param {{ agent: any }} props */
export function Members({ agent }) {
  const shape = shapeOf(agent.pattern);
  return (
    <div className="fe-frame fe-members" data-shape={agent.pattern in SHAPES ? agent.pattern : "plain"}>
      <p className="fe-pattern"><Icon name={shape.icon} size={13} />{agent.patternTitle}</p>
      <ol className="fe-cards" data-pattern={agent.pattern}>
        {agent.members.map((/** @type {any} */ member) => <li key={member.name} className="fe-member"><Icon name={member.kind === "pipeline" ? "stack-2" : "robot"} size={13} />{member.name}</li>)}
      </ol>
      <Foot pattern={agent.pattern} />
    </div>
  );
}
