// @ts-check
/** What a person does on the canvas as edits: each function makes the operations of one intention and gives them a name. */

import { ANYWHERE, edgesOf, END, nameOf, titleOf } from "./graph.js";
import { applyOps, freeId, pathwayIds, pathwayOf, transitionIds, transitionOf } from "./ops.js";

export const CLIP = "kaizen-journey-part";
const CLIP_AGENT = "kaizen-journey-agent";

/** @typedef {import("./session.js").Session} Session @typedef {{x: number, y: number}} Place */

/** @param {Session} session @param {{ title: string, agent?: string, agentName?: string, place: Place }} what @returns {string} its id */
export function addPathway(session, { title, agent, agentName, place }) {
  const id = freeId(title || "pathway", pathwayIds(session.state.draft), "pathway");
  /** @type {any[]} */
  const ops = [{ op: "add_pathway", id, title }];
  if (agent) ops.push({ op: "add_agent", pathway: id, agent });
  else if (agentName) ops.push({ op: "add_agent", pathway: id, name: agentName });
  session.edit(`Added ${title}`, ops, { [id]: place });
  session.tell(`Added the pathway ${title}`);
  return id;
}

/** @param {Session} session @param {string} pathway @param {{ agent?: string, name?: string, index?: number }} what */
export function addAgent(session, pathway, { agent, name, index }) {
  const draft = session.state.draft;
  if (agent && pathwayOf(draft, pathway)?.agents?.includes(agent)) return session.tell(`${agent} answers there already`);
  const at = index == null ? {} : { index };
  session.edit(`Added ${agent || name} to ${nameOf(draft, pathway)}`, [{ op: "add_agent", pathway, ...(agent ? { agent } : { name }), ...at }]);
  return session.tell(`Added ${agent || name} to ${nameOf(draft, pathway)}`);
}

/** @param {Session} session @param {string} agent @param {string} from @param {string} to @param {number} [index] */
export function moveAgent(session, agent, from, to, index) {
  const draft = session.state.draft;
  if (from !== to && pathwayOf(draft, to)?.agents?.includes(agent)) return session.tell(`${agent} answers there already`);
  session.edit(`Moved ${agent} to ${nameOf(draft, to)}`, [{ op: "move_agent", pathway: from, agent, to_pathway: to, ...(index == null ? {} : { index }) }]);
  return session.tell(`Moved ${agent} to ${nameOf(draft, to)}`);
}

/** How the agents of a pathway answer together. @param {Session} session @param {string} pathway @param {string} pattern @param {string} title */
export function setPattern(session, pathway, pattern, title) {
  const { draft } = session.state;
  const row = pathwayOf(draft, pathway);
  if ((row.pipeline || "sequential") === pattern) return;
  /** @type {any[]} */
  const ops = [{ op: "set_field", path: `pathways.${pathway}.pipeline`, value: pattern }];
  if (row.pipeline_params) ops.push({ op: "clear_field", path: `pathways.${pathway}.pipeline_params` }); // those of another pattern
  session.edit(`${nameOf(draft, pathway)}: ${title}`, ops);
  session.tell(`${nameOf(draft, pathway)} answers: ${title}`);
}

/** @param {Session} session @param {string} agent @param {string} pathway */
export function removeAgent(session, agent, pathway) {
  const label = `Took ${agent} out of ${nameOf(session.state.draft, pathway)}`;
  session.edit(label, [{ op: "remove_agent", pathway, agent }]);
  session.tell(label);
}

/** @param {Session} session @param {string} from @param {string} to @param {any} made what the window of a connection answered */
export function connect(session, from, to, made) {
  const { draft } = session.state;
  const target = pathwayOf(draft, to);
  /** @type {any[]} */
  const ops = [];
  if (made.kind === "next") ops.push({ op: "set_next", pathway: from, to });
  else if (made.kind === "return") ops.push({ op: "set_return", pathway: from, kind: to === draft.entry ? "entry" : "specific", target: to === draft.entry ? "" : to });
  else if (made.kind === "error") ops.push({ op: "set_field", path: `pathways.${from}.on_error`, value: { ...pathwayOf(draft, from)?.on_error, mode: "pathway", pathway: to } });
  else {
    const id = freeId(`t${(draft.transitions || []).length + 1}`, transitionIds(draft), "t");
    ops.push({ op: "add_transition", id, to_pathway: to, from_pathways: [from], trigger: triggerOf(made) });
    if (made.push && target && !target.return_behavior) ops.push({ op: "set_return", pathway: to, kind: "previous" });
  }
  ops.push(...(made.ops || []));
  session.edit(`Connected ${nameOf(draft, from)} to ${nameOf(draft, to)}`, ops);
  session.tell(`Connected ${nameOf(draft, from)} to ${nameOf(draft, to)}`);
}

/** @param {any} made */
function triggerOf({ kind, text, event }) {
  if (kind === "intent") return { kind, intents: text.split(",").map((/** @type {string} */ word) => word.trim()).filter(Boolean) };
  if (kind === "condition") return { kind, expression: text };
  if (kind === "event") return { kind, event, ...(event === "inactivity" ? { after_s: 300 } : {}) };
  return { kind: "always" };
}

/** @param {Session} session @param {string} pathway @param {any[]} ops as the server offered them */
export function setMapping(session, pathway, ops) {
  if (ops.length) session.edit(`Mapped the inputs of ${nameOf(session.state.draft, pathway)}`, ops);
}

/** The end of an edge is moved to another node. @param {Session} session @param {string} edgeId @param {string} target */
export function reconnect(session, edgeId, target) {
  const { draft } = session.state;
  const edge = edgesOf(draft).find((item) => item.id === edgeId);
  if (!edge || edge.target === target || target === ANYWHERE) return;
  const label = `Moved an end to ${nameOf(draft, target)}`;
  if (edge.ref.kind === "transition") session.edit(label, [{ op: "set_transition", transition: edge.ref.id, values: { to_pathway: target } }]);
  else if (edge.kind === "next") session.edit(label, [{ op: "set_next", pathway: edge.ref.id, to: target }]);
  else if (edge.kind === "error" && target !== END) session.edit(label, [{ op: "set_field", path: `pathways.${edge.ref.id}.on_error.pathway`, value: target }]);
  session.tell(label);
}

/** @param {Session} session @param {string[]} pathways @param {string[]} edgeIds */
export function remove(session, pathways, edgeIds) {
  const { draft } = session.state;
  const gone = new Set(pathways);
  /** @type {any[]} */
  const ops = [];
  /** @type {Map<string, string[]>} */
  const sources = new Map();
  for (const edge of edgesOf(draft).filter((item) => edgeIds.includes(item.id))) {
    if (gone.has(edge.source) || gone.has(edge.target)) continue;
    if (edge.ref.kind === "transition") sources.set(edge.ref.id, [...(sources.get(edge.ref.id) || []), edge.source]);
    else if (edge.kind === "next") ops.push({ op: "set_next", pathway: edge.ref.id, to: "" });
    else if (edge.kind === "return" && !ops.some((o) => o.op === "set_return" && o.pathway === edge.ref.id)) ops.push({ op: "set_return", pathway: edge.ref.id, kind: "" });
    else if (edge.kind === "error") ops.push({ op: "set_field", path: `pathways.${edge.ref.id}.on_error`, value: { mode: "fail" } });
  }
  for (const [id, froms] of sources) {
    const left = (transitionOf(draft, id).from_pathways || [ANYWHERE]).filter((/** @type {string} */ s) => !froms.includes(s));
    ops.push(left.length ? { op: "set_transition", transition: id, values: { from_pathways: left } } : { op: "remove_transition", transition: id });
  }
  ops.push(...pathways.map((pathway) => ({ op: "remove_pathway", pathway })));
  if (!ops.length) return;
  const label = pathways.length === 1 && ops.length === 1 ? `Removed ${nameOf(draft, pathways[0])}` : `Removed ${ops.length} element${ops.length === 1 ? "" : "s"}`;
  session.edit(label, ops, pathways.length ? Object.fromEntries(pathways.map((id) => [id, null])) : undefined);
  session.tell(label);
}

/** What names these pathways and would change with them, as sentences. @param {any} draft @param {string[]} pathways */
export function consumersOf(draft, pathways) {
  const told = edgesOf(draft)
    .filter((edge) => pathways.includes(edge.target) && !pathways.includes(edge.source) && edge.kind !== "return")
    .map((edge) => `${nameOf(draft, edge.source)} leads to ${nameOf(draft, edge.target)} (${edge.pill.text})`);
  if (pathways.includes(draft.entry)) told.push("the journey begins with it");
  return told;
}

/** @param {Session} session @param {string} id @param {string} title */
export function rename(session, id, title) {
  const { draft } = session.state;
  if (!title || title === titleOf(pathwayOf(draft, id))) return;
  session.edit(`Renamed ${nameOf(draft, id)} to ${title}`, [{ op: "set_field", path: `pathways.${id}.title`, value: title }]);
  session.tell(`Renamed to ${title}`);
}

/** @param {Session} session @param {string[]} pathways @param {Record<string, Place>} places @returns {string[]} the copies */
export function duplicate(session, pathways, places) {
  const taken = pathwayIds(session.state.draft);
  /** @type {Record<string, Place>} */
  const put = {};
  const ops = pathways.map((pathway) => {
    const to = freeId(pathway, taken, "pathway");
    taken.push(to);
    put[to] = { x: places[pathway].x + 40, y: places[pathway].y + 60 };
    return { op: "duplicate_pathway", pathway, to };
  });
  if (!ops.length) return [];
  session.edit(ops.length === 1 ? `Duplicated ${nameOf(session.state.draft, pathways[0])}` : `Duplicated ${ops.length} pathways`, ops, put);
  session.tell(`Duplicated ${ops.length}`);
  return Object.keys(put);
}

/** @param {Session} session @param {string[]} pathways @param {Record<string, Place>} places @returns {string} text for the clipboard */
export function copied(session, pathways, places) {
  const { draft } = session.state;
  const rows = pathways.map((id) => pathwayOf(draft, id)).filter(Boolean);
  const inside = (/** @type {string} */ id) => pathways.includes(id);
  const transitions = (draft.transitions || []).filter((/** @type {any} */ t) => inside(t.to_pathway) && (t.from_pathways || []).every((/** @type {string} */ s) => s === ANYWHERE || inside(s)));
  const names = new Set(rows.flatMap((row) => row.agents || []));
  const agents = Object.fromEntries(Object.entries(draft.agents || {}).filter(([name]) => names.has(name)));
  return JSON.stringify({ kind: CLIP, pathways: rows, transitions, agents, places: Object.fromEntries(pathways.map((id) => [id, places[id]])) });
}

/** @param {Session} session @param {string} text @param {Place} shift @returns {string[] | null} null: this was no part of a journey */
export function paste(session, text, shift) {
  let part;
  try {
    part = JSON.parse(text);
  } catch {
    return null;
  }
  if (part?.kind !== CLIP || !Array.isArray(part.pathways)) return null;
  const taken = pathwayIds(session.state.draft);
  let own = { pathways: part.pathways, transitions: part.transitions || [], entry: "" };
  /** @type {Record<string, Place>} */
  const put = {};
  for (const { id } of part.pathways) {
    const to = freeId(id, [...taken, ...Object.keys(put), ...pathwayIds(own).filter((other) => other !== id)], "pathway");
    if (to !== id) own = applyOps(own, [{ op: "rename_pathway", pathway: id, to }]);
    const at = part.places?.[id] || { x: 0, y: 0 };
    put[to] = { x: at.x + shift.x, y: at.y + shift.y };
  }
  const label = `Pasted ${part.pathways.length} pathway${part.pathways.length === 1 ? "" : "s"}`;
  session.edit(label, [{ op: "paste", pathways: own.pathways, transitions: own.transitions, agents: part.agents || {} }], put);
  session.tell(label);
  return Object.keys(put);
}

/** A card on the clipboard. It stays where it is until it is pasted. @param {string} agent @param {string} from where it is cut from; empty: it is copied @returns {string} */
export function copiedAgent(agent, from) {
  return JSON.stringify({ kind: CLIP_AGENT, agent, from });
}

/** @param {Session} session @param {string} text @param {string} into @returns {boolean} whether this was the card of an agent */
export function pasteAgent(session, text, into) {
  let part;
  try {
    part = JSON.parse(text);
  } catch {
    return false;
  }
  if (part?.kind !== CLIP_AGENT) return false;
  const { draft, palette } = session.state;
  if (!pathwayOf(draft, into)) session.tell("Choose a pathway to paste into");
  else if (!draft.agents?.[part.agent] && !(palette?.agents || []).some((/** @type {any} */ a) => a.slug === part.agent)) session.tell(`There is no agent ${part.agent} here`);
  else if (pathwayOf(draft, part.from)?.agents?.includes(part.agent)) moveAgent(session, part.agent, part.from, into);
  else addAgent(session, into, { agent: part.agent });
  return true;
}
