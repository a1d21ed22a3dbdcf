// What the model thinks of each character: how odd it is where it stands, and where it looks.
import { bar, element, probability, walkable } from "./dom.js";
import { say } from "./texts.js";

/** A text as buttons, one for each token; `paint` gives a token's depth of colour from 0 to 1, `tell` its numbers. */
function tokenLine(text, tokens, paint, tell, choose) {
  const characters = Array.from(text);
  const line = walkable(element("div", { class: "heat" }));
  let end = 0;
  for (const token of tokens) {
    const added = token.start === token.end;
    if (!added && token.start > end) line.append(characters.slice(end, token.start).join(""));
    const depth = `${Math.round(100 * Math.min(1, Math.max(0, paint(token))))}%`;
    const properties = { style: { "--depth": depth }, class: added ? "token added" : "token", title: tell(token) };
    line.append(
      added
        ? element("span", properties, token.text)
        : element("button", { type: "button", ...properties, on: { click: (event) => choose(token, event) } },
          characters.slice(token.start, token.end).join("")),
    );
    end = Math.max(end, token.end);
  }
  line.append(characters.slice(end).join(""));
  return line;
}

/** Marks one of the buttons of a line as chosen. */
function press(button) {
  for (const other of button.parentElement.children) other.removeAttribute("aria-pressed");
  button.setAttribute("aria-pressed", "true");
}

/** How odd each character is; a character that is chosen tells more. */
export async function oddness(view) {
  const { reply } = await view.ask("text-scoring", view.text, {});
  const surprise = (token) => Math.log(token.favourite_probability) - token.log_probability;
  const detail = element("div", { class: "detail", "aria-live": "polite" }, say("oddPick"));
  const choose = (token, event) => {
    press(event.currentTarget);
    const characters = Array.from(view.text);
    characters.splice(token.start, token.end - token.start, view.maskToken);
    detail.replaceChildren(
      say("oddDetail", {
        text: token.text, probability: probability(token.probability), rank: token.rank, favourite: token.favourite,
        favouriteProbability: probability(token.favourite_probability),
      }), " ",
      element("button", { type: "button", on: { click: () => view.replace(characters.join(""), "fill-mask") } },
        say("maskIt")),
    );
  };
  // A favourite ten thousand times likelier has the full colour.
  const line = tokenLine(
    view.text, reply.tokens, (token) => surprise(token) / Math.log(10_000), (token) => probability(token.probability),
    choose);
  line.id = "odd";
  const ramp = element("span", { class: "ramp", "aria-hidden": "true" });
  return [
    line, detail,
    element("div", { class: "row between caption" },
      element("span", { class: "legend" }, say("oddLow"), ramp, say("oddHigh")),
      element("span", {}, say("oddNote", { value: perplexity(reply.pseudo_perplexity) }))),
  ];
}

const perplexity = (value) =>
  value < 1e7 ? value.toLocaleString("en", { maximumSignificantDigits: 4 }) : value.toPrecision(4);

/** Where a character looks, in one head or in the mean of a layer's. */
export async function attention(view) {
  const chosen = view.attention;
  const parameters = { position: Math.min(chosen.position, Math.max(0, Array.from(view.text).length - 1)) };
  if (chosen.layer != null) parameters.layer = chosen.layer;
  if (chosen.head != null) parameters.head = chosen.head;
  const { reply } = await view.ask("attention", view.text, parameters);
  const look = (change) => {
    Object.assign(chosen, change);
    view.run();
  };
  const largest = Math.max(...reply.tokens.map((token) => token.weight));
  // Special tokens often take nearly all; the colours tell the others apart.
  const own = Math.max(...reply.tokens.filter((token) => token.start < token.end).map((token) => token.weight));
  const line = tokenLine(
    view.text, reply.tokens, (token) => token.weight / own, numbers, (token) => look({ position: token.start }));
  line.id = "attention";
  [...line.children][reply.token]?.setAttribute("aria-pressed", "true");
  const top = [...reply.tokens].sort((left, right) => right.weight - left.weight).slice(0, view.count);
  return [
    selections(reply, look), line, element("p", { class: "caption" }, say("attentionPick")),
    element("div", { class: "columns" },
      element("div", {}, element("h2", {}, say("attentionOf", { text: reply.tokens[reply.token].text })),
        element("div", { class: "bars" },
          top.map((token) => bar(token.text, token.weight, largest, null, numbers(token))))),
      shares(reply.shares)),
  ];
}

/** A token's weight, and the terms of its score where they are told apart. */
function numbers(token) {
  const terms = ["c2c", "c2p", "p2c"].filter((name) => name in token)
    .map((name) => `${name} ${token[name].toFixed(2)}`);
  return [probability(token.weight), ...terms].join(" · ");
}

function selections(reply, look) {
  const pick = (name, count, value, change, first) => {
    const options = Array.from({ length: count }, (_, index) =>
      element("option", { value: index, selected: index === value }, String(index + 1)));
    const listen = { change: (event) => change(event.currentTarget.value) };
    const list = element("select", { id: `attention-${name}`, on: listen }, first, options);
    return element("label", {}, `${say(name)} `, list);
  };
  const mean = element("option", { value: "", selected: reply.head == null }, say("meanHead"));
  return element(
    "div", { class: "row" },
    pick("layer", reply.layers, reply.layer, (value) => look({ layer: Number(value) })),
    pick("head", reply.heads, reply.head, (value) => look({ head: value === "" ? null : Number(value) }), mean),
  );
}

function shares(shares) {
  if (!shares) return null;
  const rows = ["c2c", "c2p", "p2c"].filter((name) => name in shares).map((name) => bar(say(name), shares[name], 1));
  return element(
    "div", { id: "shares" }, element("h2", {}, say("shares")), element("div", { class: "bars" }, rows),
    element("p", { class: "caption" }, say("sharesNote")),
  );
}
