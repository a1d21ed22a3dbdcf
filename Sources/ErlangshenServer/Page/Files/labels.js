// Labels for texts and pairs, labels of the user's own, entities, and vectors.
import { bar, element } from "./dom.js";
import { say } from "./texts.js";

const bars = (list) => {
  const largest = Math.max(1, ...list.map((item) => item.score));
  return [element("div", { class: "bars" }, list.map((item) => bar(item.label, item.score, largest)))];
};

/** Labels of a text or, with a second one, of a pair. */
export async function classify(view) {
  const inputs = view.pair ? { text: view.text, text_pair: view.pair } : view.text;
  const { reply } = await view.ask("text-classification", inputs, { top_k: view.count });
  return bars(reply[0]);
}

/** Which of the user's labels fit. */
export async function zeroShot(view) {
  const labels = view.labels.split(/[,，、;；\n]/u).map((label) => label.trim()).filter(Boolean);
  if (!labels.length) throw new Error(say("noLabels"));
  const { reply } = await view.ask("zero-shot-classification", view.text, { candidate_labels: labels });
  return bars(reply);
}

/** The text with its entities marked. */
export async function entities(view) {
  const { reply } = await view.ask("token-classification", view.text, {});
  const characters = Array.from(view.text);
  const line = element("p", { class: "entities" });
  let end = 0;
  for (const item of reply) {
    if (item.start < end) continue;
    const name = item.entity_group ?? item.entity;
    line.append(characters.slice(end, item.start).join(""));
    line.append(
      element("mark", { title: item.score.toFixed(3) }, characters.slice(item.start, item.end).join(""),
        element("small", {}, name)),
    );
    end = item.end;
  }
  line.append(characters.slice(end).join(""));
  return reply.length ? [line] : [line, element("p", { class: "caption" }, say("noEntities"))];
}

/** The first numbers of the vector of a text. */
export async function vector(view) {
  const { reply } = await view.ask("feature-extraction", view.text, {});
  const numbers = reply[0].slice(0, 12).map((number) => number.toFixed(4)).join("  ");
  return [
    element("p", {}, say("vector", { count: reply[0].length })), element("pre", { class: "numbers" }, `${numbers} …`),
  ];
}
