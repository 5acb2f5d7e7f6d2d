// @ts-check
/**
 * A draft as nodes and edges: which there are, what stands on them and which problem belongs to which.
 * Pure; what has not changed keeps its identity, so that React draws only what has.
 */

export const END = "end";
export const ANYWHERE = "*";
export const WIDTH = 272;

/** @param {any} pathway */
export function titleOf(pathway) {
  const text = String(pathway.id || "").replaceAll("_", " ");
  return pathway.title || text.charAt(0).toUpperCase() + text.slice(1);
}

/** The words of any node. @param {any} draft @param {string} id */
export function nameOf(draft, id) {
  if (id === END) return "End";
  if (id === ANYWHERE) return "Anywhere";
  const found = (draft.pathways || []).find((/** @type {any} */ p) => p.id === id);
  return found ? titleOf(found) : id;
}

/** What a pathway is made of, for its size before it was measured. @param {any} pathway */
export function heightOf(pathway) {
  const cards = (pathway.agents || []).length;
  return cards > 1 ? 154 + cards * 60 : 124;
}

/** @param {any} trigger */
export function pillOf(trigger) {
  if (!trigger) return { kind: "always", text: "always" };
  if (trigger.kind === "intent") return { kind: "intent", text: (trigger.intents || []).join(", ") || "no intent yet" };
  if (trigger.kind === "condition") return { kind: "condition", text: trigger.expression || "no condition yet" };
  if (trigger.kind === "event") return { kind: "event", text: eventText(trigger) };
  return { kind: "always", text: "always" };
}

/** @param {any} trigger */
function eventText(trigger) {
  const more = trigger.tool || trigger.code || (trigger.after_s ? `${trigger.after_s} s` : "");
  const name = trigger.event === "tool_result" ? "tool result" : trigger.event;
  return more ? `${name}: ${more}` : name;
}

/**
 * Every edge of a draft. `kind`: move, next, return, error, pattern. `ref` names what it stands for.
 * @param {any} draft
 */
export function edgesOf(draft) {
  /** @type {any[]} */
  const edges = [];
  const ids = new Set((draft.pathways || []).map((/** @type {any} */ p) => p.id));
  const known = (/** @type {string} */ id) => ids.has(id) || id === END;
  for (const t of draft.transitions || []) {
    for (const source of t.from_pathways?.length ? t.from_pathways : [ANYWHERE]) {
      if ((source !== ANYWHERE && !ids.has(source)) || !known(t.to_pathway)) continue;
      const failing = t.trigger?.kind === "event" && (t.trigger.event === "error" || t.trigger.event === "timeout");
      edges.push({ id: `t:${t.id}:${source}`, source, target: t.to_pathway, kind: failing ? "error" : "move", ref: { kind: "transition", id: t.id }, pill: pillOf(t.trigger), guard: t.guard || "" });
    }
  }
  for (const p of draft.pathways || []) {
    const ref = { kind: "pathway", id: p.id };
    if (p.next && known(p.next)) edges.push({ id: `next:${p.id}`, source: p.id, target: p.next, kind: "next", ref, pill: { kind: "next", text: "next" } });
    if (p.on_error?.mode === "pathway" && ids.has(p.on_error.pathway)) {
      edges.push({ id: `err:${p.id}`, source: p.id, target: p.on_error.pathway, kind: "error", ref, pill: { kind: "error", text: "when it fails" } });
    }
    for (const target of returnsTo(draft, p)) {
      edges.push({ id: `ret:${p.id}:${target}`, source: p.id, target, kind: "return", ref, pill: { kind: "return", text: "returns" } });
    }
  }
  for (const [name, target] of patternsOf(draft)) {
    if (known(target)) edges.push({ id: `pat:${name}`, source: ANYWHERE, target, kind: "pattern", ref: { kind: "journey", id: "" }, pill: { kind: "pattern", text: name } });
  }
  return spread(edges);
}

/** Where a finished detour goes back to: `previous` is wherever it was entered from. @param {any} draft @param {any} pathway */
function returnsTo(draft, pathway) {
  const back = pathway.return_behavior;
  if (!back) return [];
  if (back.kind === "entry") return [draft.entry];
  if (back.kind === "specific") return back.target ? [back.target] : [];
  const froms = (draft.transitions || []).filter((/** @type {any} */ t) => t.to_pathway === pathway.id).flatMap((/** @type {any} */ t) => t.from_pathways || [ANYWHERE]);
  return [...new Set(froms)].filter((id) => id !== pathway.id);
}

/** @param {any} draft @returns {[string, string][]} */
function patternsOf(draft) {
  const { fallback, cancel } = draft.patterns || {};
  /** @type {[string, string][]} */
  const found = [];
  if (fallback?.enabled && fallback.pathway) found.push(["fallback", fallback.pathway]);
  if (cancel?.enabled && cancel.to && !["entry", "previous"].includes(cancel.to)) found.push(["cancel", cancel.to]);
  return found;
}

/** Edges between the same two nodes get a place of their own. @param {any[]} edges */
function spread(edges) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const edge of edges) {
    const key = [edge.source, edge.target].sort().join(">");
    edge.lane = seen.get(key) || 0;
    seen.set(key, edge.lane + 1);
  }
  return edges;
}

/** Problems by what they are about. @param {any[]} problems */
export function problemsBy(problems) {
  /** @type {Map<string, any[]>} */
  const map = new Map();
  for (const problem of problems || []) {
    const { kind, id } = problem.focus || {};
    const key = kind === "transition" ? `transition:${id}` : kind === "agent" ? `agent:${id}` : `pathway:${id || ""}`;
    map.set(key, [...(map.get(key) || []), problem]);
  }
  return map;
}

/** @param {any} state an agent by name: from the draft, else from the palette */
export function agentOf(state, /** @type {string} */ name) {
  const own = state.draft.agents?.[name];
  const listed = (state.palette?.agents || []).find((/** @type {any} */ a) => (a.slug || a.name) === name);
  const signature = own?.signature;
  const fields = (/** @type {any} */ list) => (list || []).map((/** @type {any} */ f) => (typeof f === "string" ? { name: f } : f));
  return {
    name,
    title: own?.name || listed?.title || listed?.name || name,
    inputs: fields(signature?.inputs || listed?.inputs),
    outputs: fields(signature?.outputs || listed?.outputs),
    model: own ? own.model?.model || own.model?.provider || "default" : listed?.model || "",
    asks: (own?.tools || listed?.tools || []).filter((/** @type {any} */ t) => t.ask).map((/** @type {any} */ t) => t.name),
    kind: own?.kind || listed?.kind || "agent",
    ...teamOf(own || listed, state.palette?.patterns || []),
    known: Boolean(own || listed),
  };
}

/** Of an agent that is a pipeline: its pattern and who is in it. @param {any} agent @param {any[]} patterns */
function teamOf(agent, patterns) {
  if (agent?.kind !== "pipeline") return { pattern: "", patternTitle: "", members: [] };
  const title = patterns.find((one) => one.name === agent.pattern)?.title;
  return { pattern: agent.pattern, patternTitle: title || agent.pattern, members: (agent.members || []).map((/** @type {any} */ m) => ({ name: m.name, kind: m.kind || m.spec?.kind || "agent" })) };
}
