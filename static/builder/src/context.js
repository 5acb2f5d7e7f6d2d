// @ts-check
/** What every part of the editor can reach: the session, and the few things that open something. */

import { createContext, useContext, useSyncExternalStore } from "react";

/** @type {import("react").Context<any>} */
export const Editing = createContext(null);

/** @returns {{ session: import("./session.js").Session, ui: any }} */
export const useEditing = () => useContext(Editing);

/** How one node or edge is painted by a live run or by coverage. @param {"nodes" | "edges"} kind @param {string} id */
export function usePaint(kind, id) {
  const { session } = useEditing();
  return useSyncExternalStore(session.subscribe, () => session.paint?.[kind]?.[id]);
}
