// @ts-check
/** Small parts that draw: elements, text without HTML, and whether a colour is a bright one. A part of the widget's script. */

/** @param {string} name @param {Record<string, any>} [attributes] @param {(Node | string)[]} children */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) made.addEventListener(attribute.slice(2), value);
    else if (value === true) made.setAttribute(attribute, "");
    else if (value !== false && value !== null) made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}

/** Paragraphs, lists, bold text and links; nothing of it is read as HTML.
 * @param {HTMLElement} place @param {string} text @param {boolean} plain */
function write(place, text, plain) {
  if (plain) {
    place.textContent = text;
    return;
  }
  /** @type {HTMLElement | null} */ let list = null;
  for (const line of text.split("\n")) {
    const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(line);
    if (item) {
      if (!list) place.append((list = el("ul")));
      list.append(spans(el("li"), item[1]));
    } else {
      list = null;
      if (line.trim()) place.append(spans(el("p"), line.replace(/^#+\s*/, "")));
    }
  }
}

/** @param {HTMLElement} place @param {string} text */
function spans(place, text) {
  for (const part of text.split(/(\*\*[^*]+\*\*|https?:\/\/[^\s<>"')\]]+)/)) {
    if (part.startsWith("**") && part.length > 4) place.append(el("strong", {}, part.slice(2, -2)));
    else if (/^https?:\/\//.test(part)) place.append(el("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part));
    else place.append(part);
  }
  return place;
}

/** @param {string} colour */
function bright(colour) {
  const [r, g, b] = [1, 3, 5].map((n) => {
    const part = parseInt(colour.slice(n, n + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179;
}
