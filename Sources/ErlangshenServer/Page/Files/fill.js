// Words for masks: each mask on its own, several together.
import { bar, element, walkable } from "./dom.js";
import { say } from "./texts.js";

/** How many masks a text has. */
export const maskCount = (text, token) => (token ? text.split(token).length - 1 : 0);

/** Asks for words and shows them; a word that is chosen is filled in. */
export async function fillMask(view) {
  const parameters = { top_k: view.count };
  const several = maskCount(view.text, view.maskToken) > 1 && view.can("joint-fill-mask");
  const joint = several ? await view.attempt("joint-fill-mask", view.text, parameters) : null;
  const { reply } = await view.ask("fill-mask", view.text, parameters);
  const lists = Array.isArray(reply[0]) ? reply : [reply];
  const parts = [];
  if (joint) parts.push(jointly(joint.reply, view));
  if (lists.length > 1) parts.push(element("h2", {}, say("each")));
  const columns = lists.map((list, index) => column(list, index, lists, view));
  parts.push(element("div", { class: lists.length > 1 ? "columns" : "" }, columns));
  parts.push(element("p", { class: "caption" }, say("fillHint")));
  return parts;
}

function jointly(reply, view) {
  const largest = reply.fillings[0]?.score ?? 0;
  const exact = reply.exact_count;
  const rows = reply.fillings.map((filling) => {
    const words = filling.words.join(" · ");
    return bar(words, filling.score, largest, () => view.replace(filling.text), say("fill", { word: words }));
  });
  return element(
    "div", { id: "joint" }, element("h2", {}, say("jointly")), walkable(element("div", { class: "bars" }, rows)),
    element("p", { class: "caption" }, say(exact > 0 ? "jointNote" : "jointOnly", { count: exact })),
  );
}

function column(list, index, lists, view) {
  const largest = list[0]?.score ?? 0;
  const rows = list.map((item) =>
    bar(item.token_str, item.score, largest, () => view.replace(item.text), say("fill", { word: item.token_str })));
  const heading = lists.length > 1 ? element("h3", {}, say("mask", { number: index + 1 })) : null;
  return element("div", { class: "mask-column" }, heading, walkable(element("div", { class: "bars" }, rows)));
}
