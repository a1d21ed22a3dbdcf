// Elements and numbers as the page shows them. Text of a user or a model goes in as text nodes, never as markup.

/** Makes an element; `style` sets properties one by one, `on` listeners; strings among the children become text. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "style") for (const [property, item] of Object.entries(value)) node.style.setProperty(property, item);
    else if (key === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** A probability: three decimals as the hosted widget has them, and more where there would be only zeros. */
export function probability(value) {
  return value === 0 || value >= 0.0005 ? value.toFixed(3) : value.toExponential(1);
}

/** A row with a bar behind its label; a button where it can be chosen. */
export function bar(label, value, largest, choose, title) {
  const width = largest > 0 ? Math.ceil((Math.max(0, value) / largest) * 100) : 0;
  const parts = [
    element("span", { class: "bar-line", style: { "--width": `${width}%` } }),
    element("span", { class: "bar-label" }, label),
    element("span", { class: "bar-value" }, probability(value)),
  ];
  return choose
    ? element("button", { type: "button", class: "bar", title, on: { click: choose } }, parts)
    : element("div", { class: "bar", title }, parts);
}

/** A number of choices that keyboards walk through with the arrows, one of them pressed. */
export function walkable(container) {
  container.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    const items = [...container.querySelectorAll("button")];
    const next = items[items.indexOf(document.activeElement) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  return container;
}

/** A setting kept by the browser; where it keeps none, for the time being. */
export const kept = {
  get(name, storage = "localStorage") {
    try {
      return window[storage].getItem(`erlangshen.${name}`);
    } catch {
      return null;
    }
  },
  set(name, value, storage = "localStorage") {
    try {
      window[storage].setItem(`erlangshen.${name}`, value);
    } catch {
      // Private windows may refuse; the page works without.
    }
  },
};
