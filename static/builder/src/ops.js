// @ts-check
/**
 * The server's edits, done here at once so that nobody waits for them: what each does to a draft, without changing the old
 * one. The server does them again and its answer counts; an edit that is not known here changes nothing until it answers.
 */

import { ANYWHERE, END, titleOf } from "./graph.js";

/** @param {any} draft @param {any[]} ops @returns {any} */
export function applyOps(draft, ops) {
  return ops.reduce((now, op) => (EDITS[op.op] ? EDITS[op.op](now, op) : now), draft);
}

/** An id made of these words that nothing has yet. @param {string} wanted @param {Iterable<string>} taken @param {string} otherwise */
export function freeId(wanted, taken, otherwise) {
  let base = wanted.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60).replace(/_+$/, "");
  if (!/^[a-z]/.test(base)) base = `${otherwise}_${base}`.replace(/_+$/, "");
  const names = new Set([...taken, END]);
  if (!names.has(base)) return base;
  for (let n = 2; ; n += 1) if (!names.has(`${base}_${n}`)) return `${base}_${n}`;
}

/** @param {any} draft @returns {string[]} */
export const pathwayIds = (draft) => (draft.pathways || []).map((/** @type {any} */ p) => p.id);
/** @param {any} draft @returns {string[]} */
export const transitionIds = (draft) => (draft.transitions || []).map((/** @type {any} */ t) => t.id);
/** @param {any} draft @param {string} id */
export const pathwayOf = (draft, id) => (draft.pathways || []).find((/** @type {any} */ p) => p.id === id);
/** @param {any} draft @param {string} id */
export const transitionOf = (draft, id) => (draft.transitions || []).find((/** @type {any} */ t) => t.id === id);

/** @param {any} draft @param {string} id @param {(row: any) => any} change */
function onPathway(draft, id, change) {
  return { ...draft, pathways: (draft.pathways || []).map((/** @type {any} */ p) => (p.id === id ? change(p) : p)) };
}

/** @param {any} draft */
function withEntry(draft) {
  return pathwayIds(draft).includes(draft.entry) ? draft : { ...draft, entry: pathwayIds(draft)[0] || "" };
}

/** @type {Record<string, (draft: any, op: any) => any>} */
const EDITS = {
  add_pathway(draft, op) {
    const id = op.id || freeId(op.title || "pathway", pathwayIds(draft), "pathway");
    const rows = [...(draft.pathways || [])];
    const row = { ...op.values, id, title: op.title || op.values?.title || "" };
    const before = op.after ? rows.findIndex((p) => p.id === op.after) : -1;
    rows.splice(before < 0 ? rows.length : before + 1, 0, row);
    if (op.follow && before >= 0) {
      row.next = rows[before].next || row.next || "";
      rows[before] = { ...rows[before], next: id };
    }
    return withEntry({ ...draft, pathways: rows });
  },
  remove_pathway(draft, op) {
    const gone = op.pathway;
    const row = pathwayOf(draft, gone);
    const pathways = (draft.pathways || []).filter((/** @type {any} */ p) => p.id !== gone).map((/** @type {any} */ p) => withoutReference(p, gone));
    const transitions = (draft.transitions || []).flatMap((/** @type {any} */ t) => {
      const sources = t.from_pathways || [ANYWHERE];
      if (t.to_pathway === gone || sources.every((/** @type {string} */ s) => s === gone)) return [];
      return sources.includes(gone) ? [{ ...t, from_pathways: sources.filter((/** @type {string} */ s) => s !== gone) }] : [t];
    });
    return withEntry(withoutAgents({ ...draft, pathways, transitions }, row?.agents || []));
  },
  rename_pathway(draft, op) {
    const swap = (/** @type {string} */ id) => (id === op.pathway ? op.to : id);
    return {
      ...draft,
      entry: swap(draft.entry),
      pathways: (draft.pathways || []).map((/** @type {any} */ p) => ({
        ...p,
        id: swap(p.id),
        ...(p.next ? { next: swap(p.next) } : {}),
        ...(p.return_behavior ? { return_behavior: { ...p.return_behavior, target: swap(p.return_behavior.target) } } : {}),
        ...(p.on_error ? { on_error: { ...p.on_error, pathway: swap(p.on_error.pathway) } } : {}),
      })),
      transitions: (draft.transitions || []).map((/** @type {any} */ t) => ({ ...t, to_pathway: swap(t.to_pathway), from_pathways: (t.from_pathways || [ANYWHERE]).map(swap) })),
    };
  },
  duplicate_pathway(draft, op) {
    const row = pathwayOf(draft, op.pathway);
    if (!row) return draft;
    const agents = { ...draft.agents };
    const names = (row.agents || []).map((/** @type {string} */ name) => {
      if (!agents[name]) return name;
      const twin = freeId(name, Object.keys(agents), "agent");
      agents[twin] = agents[name];
      return twin;
    });
    const rows = [...draft.pathways];
    rows.splice(rows.indexOf(row) + 1, 0, { ...row, id: op.to || freeId(op.pathway, pathwayIds(draft), "pathway"), title: `${titleOf(row)} (copy)`, agents: names });
    return { ...draft, agents, pathways: rows };
  },
  set_next: (draft, op) => onPathway(draft, op.pathway, (row) => ({ ...row, next: op.to })),
  set_return: (draft, op) =>
    onPathway(draft, op.pathway, (row) => ({ ...row, return_behavior: op.kind ? { ...row.return_behavior, kind: op.kind, target: op.kind === "specific" ? op.target || "" : "" } : null })),
  set_entry: (draft, op) => ({ ...draft, entry: op.pathway }),
  add_transition(draft, op) {
    const rows = draft.transitions || [];
    const id = op.id || freeId(`t${rows.length + 1}`, transitionIds(draft), "t");
    const trigger = op.trigger || { kind: "intent", intents: [op.to_pathway] };
    return { ...draft, transitions: [...rows, { ...op.values, id, to_pathway: op.to_pathway, from_pathways: op.from_pathways || [ANYWHERE], trigger }] };
  },
  remove_transition: (draft, op) => ({ ...draft, transitions: (draft.transitions || []).filter((/** @type {any} */ t) => t.id !== op.transition) }),
  set_transition: (draft, op) => ({
    ...draft,
    transitions: (draft.transitions || []).map((/** @type {any} */ t) => (t.id === op.transition ? merged(t, op.values) : t)),
  }),
  duplicate_transition(draft, op) {
    const row = transitionOf(draft, op.transition);
    const rows = [...(draft.transitions || [])];
    if (row) rows.splice(rows.indexOf(row) + 1, 0, { ...row, id: freeId(`t${rows.length + 1}`, transitionIds(draft), "t") });
    return { ...draft, transitions: rows };
  },
  add_agent(draft, op) {
    if (!op.agent) return draft; // the server makes it
    return onPathway(draft, op.pathway, (row) => ({ ...row, agents: inserted(row.agents || [], op.agent, op.index) }));
  },
  remove_agent: (draft, op) =>
    withoutAgents(onPathway(draft, op.pathway, (row) => ({ ...row, agents: (row.agents || []).filter((/** @type {string} */ a) => a !== op.agent) })), [op.agent]),
  move_agent(draft, op) {
    const out = onPathway(draft, op.pathway, (row) => ({ ...row, agents: (row.agents || []).filter((/** @type {string} */ a) => a !== op.agent) }));
    return onPathway(out, op.to_pathway || op.pathway, (row) => ({ ...row, agents: inserted(row.agents || [], op.agent, op.index) }));
  },
  set_field(draft, op) {
    return setAt(draft, parts(op.path), op.value);
  },
  clear_field(draft, op) {
    return setAt(draft, parts(op.path), undefined);
  },
  set_mapping: (draft, op) =>
    onPathway(draft, op.pathway, (row) => {
      const bindings = { ...row.bindings };
      if (op.source.trim()) bindings[op.field] = op.source.trim();
      else delete bindings[op.field];
      return { ...row, bindings };
    }),
  accumulate_field: (draft, op) => onPathway(draft, op.pathway, (row) => ({ ...row, accumulate: [...new Set([...(row.accumulate || []), op.field])] })),
  map_input(draft, op) {
    const kept = EDITS.accumulate_field(draft, { pathway: op.source, field: op.output });
    return EDITS.set_mapping(kept, { pathway: op.target, field: op.input, source: op.input === op.output ? "" : op.output });
  },
  paste(draft, op) {
    let ids = transitionIds(draft);
    const known = new Set([...pathwayIds(draft), ...op.pathways.map((/** @type {any} */ p) => p.id), END, ANYWHERE]);
    const transitions = (op.transitions || [])
      .filter((/** @type {any} */ t) => [t.to_pathway, ...(t.from_pathways || [])].every((id) => known.has(id)))
      .map((/** @type {any} */ t) => {
        const id = freeId(`t${ids.length + 1}`, ids, "t");
        ids = [...ids, id];
        return { ...t, id };
      });
    return withEntry({ ...draft, agents: { ...op.agents, ...draft.agents }, pathways: [...(draft.pathways || []), ...op.pathways], transitions: [...(draft.transitions || []), ...transitions] });
  },
  replace_draft: (_draft, op) => op.draft,
};

/** @param {any} row @param {string} gone */
function withoutReference(row, gone) {
  const change = {};
  if (row.next === gone) Object.assign(change, { next: "" });
  if (row.return_behavior?.target === gone) Object.assign(change, { return_behavior: null });
  if (row.on_error?.pathway === gone) Object.assign(change, { on_error: { ...row.on_error, pathway: "", mode: "fail" } });
  return Object.keys(change).length ? { ...row, ...change } : row;
}

/** The journey's own agents go when they answer nowhere any more. @param {any} draft @param {string[]} names */
function withoutAgents(draft, names) {
  const used = new Set((draft.pathways || []).flatMap((/** @type {any} */ p) => p.agents || []));
  const gone = names.filter((name) => draft.agents?.[name] && !used.has(name));
  return gone.length ? { ...draft, agents: Object.fromEntries(Object.entries(draft.agents).filter(([name]) => !gone.includes(name))) } : draft;
}

/** @param {any} row @param {any} values */
function merged(row, values) {
  return Object.fromEntries(Object.entries({ ...row, ...values }).filter(([, value]) => value !== null));
}

/** @param {string[]} list @param {string} item @param {number} [index] */
function inserted(list, item, index) {
  const copy = list.filter((name) => name !== item);
  copy.splice(index == null ? copy.length : index, 0, item);
  return copy;
}

/** @param {string} path */
function parts(path) {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map((m) => (m[1] ? Number(m[1]) : m[2]));
}

/** @param {any} holder @param {(string | number)[]} path @param {any} value undefined: taken out @returns {any} */
function setAt(holder, path, value) {
  const [first, ...rest] = path;
  if (Array.isArray(holder)) {
    const n = typeof first === "number" ? first : holder.findIndex((item) => item?.id === first || item?.name === first);
    if (n < 0) return holder;
    return rest.length || value !== undefined ? holder.map((item, m) => (m === n ? (rest.length ? setAt(item, rest, value) : value) : item)) : holder.filter((_, m) => m !== n);
  }
  const next = { ...holder };
  if (rest.length) next[first] = setAt(next[first] ?? {}, rest, value);
  else if (value === undefined) delete next[first];
  else next[first] = value;
  return next;
}
