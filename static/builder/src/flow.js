// @ts-check
/** From the draft to what React Flow draws, and the tidy layout. What did not change keeps its identity. */

import dagre from "@dagrejs/dagre";
import { agentOf, ANYWHERE, edgesOf, END, heightOf, nameOf, problemsBy, titleOf, WIDTH } from "./graph.js";

/** @type {any[]} */
const NONE = [];
const GAP = { x: 120, y: 40 };

/** Node data by what it was made from, so that equal inputs give the same object. */
export class Parts {
  constructor() {
    /** @type {Map<string, { from: any[], made: any }>} */
    this.kept = new Map();
  }
  /** @template T @param {string} key @param {any[]} from @param {() => T} make @returns {T} */
  get(key, from, make) {
    const old = this.kept.get(key);
    if (old && old.from.length === from.length && old.from.every((value, n) => value === from[n])) return old.made;
    const made = make();
    this.kept.set(key, { from, made });
    return made;
  }
}

/** @param {any} state @param {Parts} parts @returns {any[]} */
export function nodesOf(state, parts) {
  const { draft, layout, palette } = state;
  const problems = problemsBy(state.problems);
  const patterns = palette?.patterns || NONE;
  const places = placesOf(state);
  const nodes = (draft.pathways || []).map((/** @type {any} */ pathway) => {
    const mine = problems.get(`pathway:${pathway.id}`) || [];
    const agents = (pathway.agents || []).map((/** @type {string} */ name) =>
      parts.get(`agent:${name}`, [draft.agents?.[name], palette, JSON.stringify(problems.get(`agent:${name}`) || [])], () => ({ ...agentOf(state, name), problems: problems.get(`agent:${name}`) || [] })),
    );
    const data = parts.get(`data:${pathway.id}`, [pathway, draft.entry === pathway.id, JSON.stringify(mine), patterns, ...agents], () => ({ pathway, entry: draft.entry === pathway.id, problems: mine, agents, patterns }));
    return node(parts, pathway.id, "pathway", places[pathway.id], data, `Pathway ${titleOf(pathway)}${data.entry ? ", entry" : ""}, ${agents.length} agent${agents.length === 1 ? "" : "s"}${mine.length ? `, ${mine.length} problem${mine.length === 1 ? "" : "s"}` : ""}`);
  });
  const edges = edgesOf(draft);
  nodes.push(node(parts, END, "end", places[END], parts.get("data:end", [draft.end_message], () => ({})), "The end of the journey"));
  if (edges.some((edge) => edge.source === ANYWHERE) || layout.nodes[ANYWHERE]) {
    nodes.push(node(parts, ANYWHERE, "anywhere", places[ANYWHERE], parts.get("data:*", [], () => ({})), "Anywhere: transitions that can happen in every pathway"));
  }
  return nodes;
}

/** @param {Parts} parts @param {string} id @param {string} type @param {{x: number, y: number}} position @param {any} data @param {string} ariaLabel */
function node(parts, id, type, position, data, ariaLabel) {
  return parts.get(`node:${id}`, [position.x, position.y, data, ariaLabel], () => ({ id, type, position, data, ariaLabel, deletable: type === "pathway" }));
}

/** @param {any} state @param {Parts} parts @returns {any[]} */
export function flowEdgesOf(state, parts) {
  const problems = problemsBy(state.problems);
  return edgesOf(state.draft).map((edge) => {
    const own = problemsOfEdge(problems, edge);
    const mapping = state.edges?.[edge.id] || "";
    const tone = mapping === "broken" || own.some((/** @type {any} */ p) => p.severity === "error") ? "bad" : mapping === "lossy" || own.length ? "lossy" : "plain";
    const asText = JSON.stringify([edge, own, mapping]);
    return parts.get(`edge:${edge.id}`, [asText], () => ({
      id: edge.id,
      source: edge.source,
      target: edge.target,
      sourceHandle: edge.kind === "return" ? "below-out" : "out",
      targetHandle: edge.kind === "return" ? "below-in" : "in",
      type: "move",
      data: { ...edge, problems: own, mapping, tone },
      ariaLabel: `${edge.pill.text}: from ${nameOf(state.draft, edge.source)} to ${nameOf(state.draft, edge.target)}${own.length ? `, ${own.length} problems` : ""}${mapping === "broken" || mapping === "lossy" ? `, mapping ${mapping}` : ""}`,
      reconnectable: edge.kind === "return" || edge.kind === "pattern" ? false : "target",
      markerEnd: `flow-arrow-${tone === "plain" && edge.kind === "error" ? "error" : tone}`,
    }));
  });
}

const FIELDS = { next: "next", error: "on_error", return: "return_behavior" };

/** What is wrong with an edge: with its transition, or with the field of its pathway that it is drawn from. @param {Map<string, any[]>} problems @param {any} edge */
function problemsOfEdge(problems, edge) {
  if (edge.ref.kind === "transition") return problems.get(`transition:${edge.ref.id}`) || [];
  const path = `pathways.${edge.ref.id}.${/** @type {any} */ (FIELDS)[edge.kind]}`;
  return (problems.get(`pathway:${edge.ref.id}`) || []).filter((p) => p.where === path || p.where?.startsWith(`${path}.`));
}

/** Where everything stands: as it was put, and for the rest where Tidy would put it. @param {any} state */
export function placesOf(state) {
  const given = state.layout.nodes;
  const wanted = [...(state.draft.pathways || []).map((/** @type {any} */ p) => p.id), END, ANYWHERE];
  if (wanted.every((id) => given[id])) return given;
  if (!Object.keys(given).length) return tidy(state.draft);
  /** @type {Record<string, {x: number, y: number}>} */
  const places = { ...given };
  for (const id of wanted) {
    if (places[id]) continue;
    places[id] = freePlace(Object.values(places), id === ANYWHERE ? "left" : "right");
  }
  return places;
}

/** Beside what there is. @param {{x: number, y: number}[]} taken @param {"left" | "right"} side */
function freePlace(taken, side) {
  const xs = taken.map((place) => place.x);
  const top = Math.min(...taken.map((place) => place.y));
  return side === "left" ? { x: Math.min(...xs) - WIDTH - GAP.x, y: top } : { x: Math.max(...xs) + WIDTH + GAP.x, y: top };
}

/** @param {any} draft @param {Map<string, {width: number, height: number}>} [sizes] */
export function tidy(draft, sizes) {
  const graph = new dagre.graphlib.Graph({ multigraph: true }).setGraph({ rankdir: "LR", ranksep: GAP.x, nodesep: GAP.y, edgesep: 24, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  const edges = edgesOf(draft);
  const size = (/** @type {string} */ id, /** @type {number} */ width, /** @type {number} */ height) => graph.setNode(id, sizes?.get(id) || { width, height });
  for (const pathway of draft.pathways || []) size(pathway.id, WIDTH, heightOf(pathway));
  size(END, 130, 52);
  size(ANYWHERE, 150, 52);
  for (const edge of edges) {
    if (edge.kind === "return") continue; // ways back would turn the picture around
    graph.setEdge(edge.source, edge.target, { weight: edge.kind === "next" ? 4 : edge.source === ANYWHERE ? 0 : 1, minlen: 1, width: Math.min(180, 20 + edge.pill.text.length * 6), height: 24, labelpos: "c" }, edge.id);
  }
  dagre.layout(graph);
  return Object.fromEntries(graph.nodes().map((id) => {
    const { x, y, width, height } = graph.node(id);
    return [id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) }];
  }));
}
