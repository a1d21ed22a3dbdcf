// The model and the task that are chosen, and what the page offers for them.
import { attention, oddness } from "./characters.js";
import { byId, element } from "./dom.js";
import { examples } from "./examples.js";
import { fillMask } from "./fill.js";
import { classify, entities, vector, zeroShot } from "./labels.js";
import { say } from "./texts.js";

export const tasks = {
  "fill-mask": { show: fillMask, counts: true, masks: true },
  "text-scoring": { show: oddness },
  "text-classification": { show: classify, counts: true, pair: true },
  "zero-shot-classification": { show: zeroShot, labels: true },
  "token-classification": { show: entities },
  "attention": { show: attention, counts: true },
  "feature-extraction": { show: vector },
};

export const state = {
  models: [], model: null, task: null, count: 5, attention: { position: 0 }, former: [], running: null,
  answers: new Map(),
};

/** Takes a model, the first where there is none of that name, and offers its tasks. */
export function chooseModel(id) {
  state.model = state.models.find((model) => model.id === id) ?? state.models[0];
  byId("model").value = state.model.id;
  Object.assign(state, { attention: { position: 0 }, former: [] });
  byId("undo").hidden = true;
  byId("tasks").replaceChildren(
    ...Object.keys(tasks).filter((task) => state.model.tasks.includes(task)).map((task) =>
      element("button", { type: "button", role: "tab", id: `task-${task}`, "data-task": task }, say(`task-${task}`))),
  );
  chooseTask(state.model.tasks.includes(state.task) ? state.task : byId("tasks").firstElementChild.dataset.task);
}

/** Takes a task, if the model has it. */
export function chooseTask(task) {
  if (!state.model.tasks.includes(task) || !Object.hasOwn(tasks, task)) return;
  state.task = task;
  for (const tab of byId("tasks").children) {
    const chosen = tab.dataset.task === task;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) byId("tasks").scrollLeft = tab.offsetLeft - byId("tasks").offsetLeft - 32;
  }
  const { masks, pair, labels } = tasks[task];
  byId("mask").hidden = !masks || !state.model.mask_token;
  byId("mask").textContent = `+ ${state.model.mask_token ?? ""}`;
  byId("pair-field").hidden = !pair;
  byId("labels-field").hidden = !labels;
  showExamples();
  showCount();
}

export function showExamples() {
  const list = examples(state.task, state.model.mask_token);
  byId("examples-field").hidden = list.length === 0;
  byId("examples").replaceChildren(...list.map((example, index) =>
    element("button", { type: "button", class: "example", "data-index": index },
      [example.text, example.pair].filter(Boolean).join(" | "))));
}

export function showCount() {
  if (!tasks[state.task].counts) return byId("options").replaceChildren();
  const options = [3, 5, 10, 20].map((count) =>
    element("option", { value: count, selected: count === state.count }, String(count)));
  byId("options").replaceChildren(
    element("label", {}, `${say("count")} `, element("select", { id: "count" }, options)));
}

// ---- what a link holds

/** Puts model, task and texts into the address. */
export function remember() {
  const parts = { model: state.model.id, task: state.task, text: byId("text").value };
  if (tasks[state.task].pair && byId("pair").value) parts.pair = byId("pair").value;
  if (tasks[state.task].labels && byId("labels").value) parts.labels = byId("labels").value;
  const hash = `#${new URLSearchParams(parts)}`;
  if (hash !== location.hash) history.replaceState(null, "", hash);
}

/** Takes model, task and texts from the link; true when there was a text. */
export function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  chooseModel(parts.get("model") ?? state.models[0].id);
  chooseTask(parts.get("task") ?? state.task);
  byId("text").value = parts.get("text") ?? "";
  byId("pair").value = parts.get("pair") ?? "";
  byId("labels").value = parts.get("labels") ?? "";
  return parts.has("text");
}
