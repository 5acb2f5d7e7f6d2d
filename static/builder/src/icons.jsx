// @ts-check
/** Symbols of the site's sprite, and the few that only the canvas needs. */

const SPRITE = new URL("../img/icons.svg", import.meta.url).href;

const OWN = {
  fit: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3",
  tidy: "M4 4h6v5H4zM14 9h6v5h-6zM4 15h6v5H4zM10 6.5h2v5h2M10 17.5h2v-6",
  map: "M4 5h16v14H4zM12 12h6v5h-6z",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5",
  keys: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
};

/** @param {{ name: string, size?: number }} props */
export function Icon({ name, size = 16 }) {
  const own = /** @type {any} */ (OWN)[name];
  if (own) {
    return (
      <svg className="fe-icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d={own} />
      </svg>
    );
  }
  return (
    <svg className="fe-icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <use href={`${SPRITE}#${name}`} />
    </svg>
  );
}
