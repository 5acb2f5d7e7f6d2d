// @ts-check
/** The hands of the canvas: what a gesture, a key or a word from the page leads to. One object for the life of an editor. */

import * as act from "./actions.js";
import { tidy } from "./flow.js";
import { ANYWHERE, END, nameOf } from "./graph.js";
import { cardMeaning } from "./keys.js";
import { listen } from "./listening.js";
import { pathwayIds, pathwayOf } from "./ops.js";
import { showBeginning, showEverything } from "./view.js";

const MIME = "application/x-kaizen";

/** @param {any} parts @returns {any} */
export function makeUi({ session, flow, setOpen, root, now, setNodes, setEdges }) {
  /** @type {Record<string, any>} */
  const fits = {};
  const picked = () => ({
    pathways: now.current.nodes.filter((/** @type {any} */ n) => n.selected && n.type === "pathway").map((/** @type {any} */ n) => n.id),
    edges: now.current.edges.filter((/** @type {any} */ e) => e.selected).map((/** @type {any} */ e) => e.id),
  });
  const places = () => Object.fromEntries(now.current.nodes.map((/** @type {any} */ n) => [n.id, n.position]));
  const draft = () => session.state.draft;
  const nodeAt = (/** @type {HTMLElement} */ target) => target?.closest?.(".react-flow__node")?.getAttribute("data-id") || "";
  const edgeAt = (/** @type {HTMLElement} */ target) => target?.closest?.(".react-flow__edge")?.getAttribute("data-id") || "";
  const centre = () => {
    const box = root.current.getBoundingClientRect();
    return flow.screenToFlowPosition({ x: box.left + box.width / 2 - 130, y: box.top + box.height / 2 - 60 });
  };
  const choose = (/** @type {string[]} */ ids) => {
    setNodes((/** @type {any[]} */ all) => all.map((n) => (Boolean(n.selected) === ids.includes(n.id) ? n : { ...n, selected: ids.includes(n.id) })));
    setEdges((/** @type {any[]} */ all) => all.map((e) => (e.selected ? { ...e, selected: false } : e)));
  };
  const chooseSoon = (/** @type {string[]} */ ids) => requestAnimationFrame(() => choose(ids));

  const ui = {
    picked,
    choose,
    /** Only one thing is chosen: its id. */
    one: (/** @type {HTMLElement} */ target) => (target && nodeAt(target)) || (picked().pathways.length === 1 ? picked().pathways[0] : ""),

    // --- fitting and connecting
    impossible(/** @type {string} */ from, /** @type {string} */ to) {
      if (to === ANYWHERE) return "nothing can lead to Anywhere";
      if (from === END) return "the end leads nowhere";
      return from === to ? "it is the same pathway" : "";
    },
    fit(/** @type {string} */ from, /** @type {string} */ to) {
      const why = ui.impossible(from, to);
      if (why) return { ok: false, why };
      const told = fits[from]?.[to];
      return told ? { ok: told.state !== "broken", why: told.why || "" } : { ok: true, why: "" };
    },
    async loadFits(/** @type {string} */ from) {
      fits[from] = {};
      const found = await session.ask("mapping", { source: from });
      if (found?.targets) {
        fits[from] = found.targets;
        session.change({ fits: session.fits + 1 });
      }
    },
    askConnection(/** @type {string} */ from, /** @type {string} */ to) {
      session.host.dispatchEvent(new CustomEvent("connect-request", { bubbles: true, detail: { source: from, target: to } }));
      setOpen({ kind: "connect", from, to });
    },
    openConnect(/** @type {string} */ from) {
      void ui.loadFits(from).then(() => setOpen((/** @type {any} */ open) => (open?.kind === "targets" ? { ...open } : open)));
      setOpen({ kind: "targets", from });
    },
    openMapping(/** @type {string} */ target, /** @type {string} */ source) {
      if (target !== END) setOpen({ kind: "mapping", from: source, to: target });
    },
    droppedConnection(/** @type {any} */ event, /** @type {any} */ end) {
      if (end.isValid || end.toNode || !end.fromNode || end.fromHandle?.type === "target") return;
      const point = event.changedTouches?.[0] || event;
      const inside = document.elementFromPoint(point.clientX, point.clientY);
      if (!root.current.contains(inside) || inside?.closest(".react-flow__panel, .fe-node")) return;
      ui.openPicker({ from: end.fromNode.id, place: flow.screenToFlowPosition({ x: point.clientX, y: point.clientY - 40 }) });
    },

    // --- adding
    openPicker(/** @type {any} */ how) {
      setOpen({ ...how, kind: "picker" });
    },
    /** @param {any} item of the palette @param {any} how where it goes */
    add(item, how) {
      const place = how.place || centre();
      if (item.kind === "pathway" || !how.into) {
        if (!item.name) return setOpen({ ...how, kind: "name", item, place });
        return ui.made(act.addPathway(session, { title: item.title || item.name, agent: item.kind === "agent" ? item.name : "", place }), how.from);
      }
      if (!item.name) return setOpen({ ...how, kind: "name", item });
      setOpen(null);
      return act.addAgent(session, how.into, { agent: item.name, index: how.index });
    },
    /** @param {any} open @param {string} name */
    named(open, name) {
      setOpen(null);
      if (!name) return;
      if (open.item.kind === "agent" && open.into) return act.addAgent(session, open.into, { name, index: open.index });
      ui.made(act.addPathway(session, { title: name, agentName: open.item.kind === "agent" ? name : "", place: open.place }), open.from);
    },
    made(/** @type {string} */ id, /** @type {string} */ from) {
      setOpen(from ? { kind: "connect", from, to: id } : null);
      if (from) ui.askConnection(from, id);
      chooseSoon([id]);
      session.select({ kind: "pathway", id });
    },

    // --- dragging from the palette and between pathways
    dragAgent(/** @type {any} */ event, /** @type {string} */ name, /** @type {string} */ from) {
      event.stopPropagation();
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData(MIME, JSON.stringify({ kind: "agent", name, from }));
    },
    overCard(/** @type {any} */ event) {
      if (!event.dataTransfer.types.includes(MIME)) return;
      event.preventDefault();
      event.stopPropagation();
      event.currentTarget.setAttribute("data-over", "");
    },
    leftCard(/** @type {any} */ event) {
      event.currentTarget.removeAttribute("data-over");
    },
    dropOnPathway(/** @type {any} */ event, /** @type {string} */ pathway, /** @type {number} */ index) {
      const item = dropped(event);
      event.currentTarget.removeAttribute("data-over");
      if (!item) return;
      event.preventDefault();
      event.stopPropagation();
      act.moveAgent(session, item.name, item.from, pathway, index);
    },

    /** How the agents of a pathway answer together: something to choose once there are two. */
    openPattern(/** @type {string} */ pathway) {
      setOpen({ kind: "pattern", pathway });
    },

    // --- the card of an agent: { agent, title, pathway, index }
    openCard(/** @type {any} */ card) {
      session.select({ kind: "agent", id: card.agent, pathway: card.pathway }, { open: true });
    },
    openActions(/** @type {any} */ card) {
      setOpen({ kind: "actions", card });
    },
    cardKey(/** @type {any} */ event, /** @type {any} */ card) {
      const what = cardMeaning(event);
      if (!what) return;
      event.preventDefault();
      event.stopPropagation(); // the pathway below moves, opens and goes by the same keys
      ui.onCard(what, card);
    },
    onCard(/** @type {string} */ what, /** @type {any} */ card) {
      const place = (/** @type {number} */ index) => {
        if (index < 0 || index >= pathwayOf(draft(), card.pathway).agents.length) return;
        act.moveAgent(session, card.agent, card.pathway, card.pathway, index);
        ui.focusCard(card.pathway, card.agent);
      };
      const does = {
        open: () => ui.openCard(card),
        actions: () => ui.openActions(card),
        breakpoint: () => ui.breakpoint(card.agent, card.title),
        move: () => setOpen({ kind: "move", card }),
        earlier: () => place(card.index - 1),
        later: () => place(card.index + 1),
        remove: () => {
          act.removeAgent(session, card.agent, card.pathway);
          root.current.querySelector(`.react-flow__node[data-id="${CSS.escape(card.pathway)}"]`)?.focus();
        },
      };
      /** @type {any} */ (does)[what]?.();
    },
    moveCard(/** @type {any} */ card, /** @type {string} */ to) {
      setOpen(null);
      act.moveAgent(session, card.agent, card.pathway, to);
      chooseSoon([to]);
      ui.focusCard(to, card.agent);
    },
    /** When it is drawn where it belongs now. */
    focusCard(/** @type {string} */ pathway, /** @type {string} */ agent) {
      setTimeout(() => root.current?.querySelector(`.react-flow__node[data-id="${CSS.escape(pathway)}"] [data-agent="${CSS.escape(agent)}"] .fe-card-open`)?.focus({ preventScroll: true }), 40);
    },
    /** Of an agent, wherever it answers, or of each agent of a pathway; without `armed` the other way round. */
    breakpoint(/** @type {string} */ place, /** @type {string} */ name, /** @type {boolean | undefined} */ armed) {
      const marked = Object.entries(session.paint.nodes || {}).some(([id, paint]) => (id === place || id.endsWith(`/${place}`)) && /** @type {any} */ (paint).breakpoint);
      const wanted = armed ?? !marked;
      document.dispatchEvent(new CustomEvent("builder:breakpoint", { detail: { place, armed: wanted } }));
      session.tell(wanted ? `Turns of the test wait before ${name}` : `Turns go through ${name} again`);
    },

    /** Something of the palette was let go over the canvas. @param {any} item @param {number} x @param {number} y */
    dropItem(item, x, y) {
      const at = document.elementFromPoint(x, y);
      const node = at?.closest(".react-flow__node")?.getAttribute("data-id");
      const into = item.kind === "agent" && pathwayIds(draft()).includes(node) ? node : undefined;
      const index = into ? at?.closest("[data-index]")?.getAttribute("data-index") : undefined;
      ui.add(item, { into, ...(index ? { index: Number(index) } : {}), place: flow.screenToFlowPosition({ x: x - 60, y: y - 20 }) });
    },
    doubleClick(/** @type {any} */ event) {
      if (event.target.classList.contains("react-flow__pane")) ui.openPicker({ place: flow.screenToFlowPosition({ x: event.clientX - 60, y: event.clientY - 20 }) });
    },

    // --- moving and choosing
    moved(/** @type {any[]} */ changes) {
      const given = session.state.layout.nodes;
      const put = Object.fromEntries(changes.map((c) => [c.id, c.position]));
      if (changes.every((c) => given[c.id]?.x === Math.round(c.position.x) && given[c.id]?.y === Math.round(c.position.y))) return;
      for (const [id, place] of Object.entries(places())) if (!given[id] && !put[id]) put[id] = place; // what had no place of its own stays where it is shown
      session.edit(changes.length === 1 ? `Moved ${nameOf(draft(), changes[0].id)}` : `Moved ${changes.length} pathways`, [], put);
    },
    selected(/** @type {any} */ { nodes, edges }) {
      const { kind, pathway } = /** @type {any} */ (session.selection);
      if (nodes.length === 1 && kind === "agent" && pathway === nodes[0].id) return; // its pathway is marked with it, not chosen
      if (nodes.length === 1 && !edges.length) session.select(refOf(nodes[0].id));
      else if (edges.length === 1 && !nodes.length) session.select(edges[0].data.ref);
      else if (nodes.length + edges.length > 1) session.select({ kind: "several", id: "" }, { quiet: true });
    },
    openNode(/** @type {string} */ id) {
      session.select(refOf(id), { open: true });
    },
    pickEdge(/** @type {string} */ id, /** @type {boolean} */ more) {
      setEdges((/** @type {any[]} */ all) => all.map((e) => ({ ...e, selected: e.id === id || (more && e.selected) })));
      if (!more) setNodes((/** @type {any[]} */ all) => all.map((n) => (n.selected ? { ...n, selected: false } : n)));
    },
    /** Puts something in the middle, chosen and focused. */
    show(/** @type {any} */ { kind, id, pathway }, /** @type {boolean} */ focus) {
      const edge = kind === "transition" ? now.current.edges.find((/** @type {any} */ e) => e.data.ref.kind === "transition" && e.data.ref.id === id) : null;
      const node = kind === "pathway" ? id : kind === "agent" ? pathway || draft().pathways?.find((/** @type {any} */ p) => p.agents?.includes(id))?.id : "";
      if (edge) ui.pickEdge(edge.id, false);
      else choose(node ? [node] : []);
      const ids = edge ? [edge.source, edge.target] : node ? [node] : [];
      if (ids.length && !ids.some((one) => inView(one))) void flow.fitView({ nodes: ids.map((one) => ({ id: one })), duration: 200, maxZoom: 1, padding: 0.4 });
      if (focus && node) root.current.querySelector(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.focus();
    },

    // --- the rest
    rename: (/** @type {string} */ id) => pathwayIds(draft()).includes(id) && setOpen({ kind: "rename", id }),
    duplicate() {
      chooseSoon(act.duplicate(session, picked().pathways, places()));
    },
    remove() {
      const { pathways, edges } = picked();
      const told = act.consumersOf(draft(), pathways);
      if (told.length) setOpen({ kind: "remove", pathways, edges, told });
      else act.remove(session, pathways, edges);
    },
    tidy() {
      const sizes = new Map(now.current.nodes.filter((/** @type {any} */ n) => n.measured?.width).map((/** @type {any} */ n) => [n.id, n.measured]));
      session.edit("Tidied", [], tidy(draft(), sizes));
      session.tell("Everything is tidied");
      setTimeout(() => showBeginning(flow, root.current, draft().entry, 200), 30);
    },
    /** @param {string} what a meaning of keys.js @param {HTMLElement} target */
    key(what, target) {
      const id = ui.one(target);
      const edgeId = edgeAt(target) || picked().edges[0];
      const edge = now.current.edges.find((/** @type {any} */ e) => e.id === edgeId);
      const does = {
        add: () => ui.openPicker({}),
        agent: () => id && pathwayIds(draft()).includes(id) && ui.openPicker({ into: id }),
        breakpoint: () => pathwayIds(draft()).includes(id) && ui.breakpoint(id, nameOf(draft(), id)),
        pattern: () => pathwayIds(draft()).includes(id) && ui.openPattern(id),
        connect: () => id && id !== END && ui.openConnect(id),
        mapping: () => edge && ui.openMapping(edge.target, edge.source),
        open: () => {
          if (nodeAt(target)) ui.openNode(nodeAt(target));
          else if (edgeAt(target) && edge) session.select(edge.data.ref, { open: true });
        },
        rename: () => id && ui.rename(id),
        remove: () => {
          if (!picked().pathways.length && !picked().edges.length) {
            if (nodeAt(target)) choose([nodeAt(target)]);
            else if (edgeAt(target)) ui.pickEdge(edgeAt(target), false);
          }
          requestAnimationFrame(() => ui.remove());
        },
        duplicate: () => {
          if (!picked().pathways.length && id) choose([id]);
          requestAnimationFrame(() => ui.duplicate());
        },
        all: () => choose(now.current.nodes.map((/** @type {any} */ n) => n.id)),
        undo: () => session.undo(),
        redo: () => session.undo(true),
        find: () => setOpen({ kind: "find" }),
        help: () => setOpen({ kind: "help" }),
        tidy: () => ui.tidy(),
        nearer: () => void flow.zoomIn(),
        further: () => void flow.zoomOut(),
        fit: () => showEverything(flow),
      };
      /** @type {any} */ (does)[what]?.();
    },
    listen: () => listen({ session, root, ui, places }),
  };

  /** @param {string} id */
  function inView(id) {
    const box = root.current.getBoundingClientRect();
    const node = root.current.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
    return node && node.right > box.left + 20 && node.left < box.right - 20 && node.bottom > box.top + 20 && node.top < box.bottom - 20;
  }
  return ui;
}

/** @param {string} id */
function refOf(id) {
  return id === END || id === ANYWHERE ? { kind: "journey", id: "" } : { kind: "pathway", id };
}

/** @param {any} event */
function dropped(event) {
  try {
    return JSON.parse(event.dataTransfer.getData(MIME) || "null");
  } catch {
    return null;
  }
}
