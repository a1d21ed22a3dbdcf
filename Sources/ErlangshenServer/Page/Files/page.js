// The page: which model and task, what is asked, what came of it.
import { attention, oddness } from "./characters.js";
import { byId, element, kept, walkable } from "./dom.js";
import { examples } from "./examples.js";
import { fillMask } from "./fill.js";
import { classify, entities, vector, zeroShot } from "./labels.js";
import { ask, info, ServerFailure } from "./server.js";
import { dress, knows, say, switchLanguage } from "./texts.js";

const tasks = {
  "fill-mask": { show: fillMask, counts: true, masks: true },
  "text-scoring": { show: oddness },
  "text-classification": { show: classify, counts: true, pair: true },
  "zero-shot-classification": { show: zeroShot, labels: true },
  "token-classification": { show: entities },
  "attention": { show: attention, counts: true },
  "feature-extraction": { show: vector },
};
const state = {
  models: [], model: null, task: null, count: 5, attention: { position: 0 }, former: [], running: null,
  answers: new Map(),
};

/** What a task sees of the page; with `former` answers the same questions are not asked again. */
function viewOf(signal, replies, former) {
  const note = (answer) => {
    replies.seconds += answer.seconds;
    replies.device = answer.device;
    for (const remark of answer.remarks) replies.remarks.add(remark);
  };
  const view = {
    text: byId("text").value.toWellFormed?.() ?? byId("text").value,
    pair: byId("pair").value, labels: byId("labels").value, count: state.count, attention: state.attention,
    maskToken: state.model.mask_token, can: (task) => state.model.tasks.includes(task), replace, run,
    async ask(task, inputs, parameters) {
      const key = JSON.stringify([state.model.id, task, inputs, parameters]);
      const answer = former.get(key) ?? (await ask(state.model.id, task, inputs, parameters, signal));
      state.answers.set(key, answer);
      note(answer);
      replies.json[task] = answer.reply;
      return answer;
    },
    /** Asks for what the page can do without; a refusal becomes a note. */
    async attempt(task, inputs, parameters) {
      try {
        return await view.ask(task, inputs, parameters);
      } catch (error) {
        if (!(error instanceof ServerFailure)) throw error;
        replies.notes.push(error.message);
        return null;
      }
    },
  };
  return view;
}

/** Asks and shows the answer; what was asked before is given up. `again` shows the last answers in other words. */
async function run(again = false) {
  state.running?.abort();
  const controller = new AbortController();
  state.running = controller;
  const former = again ? state.answers : new Map();
  state.answers = new Map();
  const focus = focusInResult();
  for (const id of ["failure", "notes"]) byId(id).hidden = true;
  if (!byId("text").value.trim()) return fail(new Error(say("noText")));
  byId("run").disabled = true;
  byId("result").setAttribute("aria-busy", "true");
  byId("status").textContent = say("running");
  const replies = { seconds: 0, device: "cpu", remarks: new Set(), notes: [], json: {} };
  const task = state.task;
  try {
    const parts = await tasks[task].show(viewOf(controller.signal, replies, former));
    if (controller.signal.aborted) return;
    const isFirst = byId("result").hidden;
    byId("result").replaceChildren(...parts.filter((part) => part != null));
    finish(replies);
    remember();
    focus();
    if (isFirst) byId("result").scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (error.name !== "AbortError" && state.running === controller) fail(error);
  } finally {
    if (state.running === controller) byId("run").disabled = false;
  }
}

/** Remembers whether a control of the answer is in use; the function returned goes to its like in the next answer. */
function focusInResult() {
  const active = document.activeElement;
  if (!byId("result").contains(active)) return () => {};
  const { id } = active;
  const likes = ["[aria-pressed=true]", "button"];
  return () => ((id && byId(id)) || likes.map((like) => byId("result").querySelector(like)).find(Boolean))?.focus();
}

function finish(replies) {
  byId("result").hidden = false;
  byId("result").removeAttribute("aria-busy");
  byId("below").hidden = false;
  byId("status").textContent = say("time", { device: replies.device, seconds: replies.seconds.toFixed(3) });
  const names = Object.keys(replies.json);
  const json = names.length === 1 ? replies.json[names[0]] : replies.json;
  byId("json").textContent = JSON.stringify(json, null, 2);
  const remarks = [...replies.remarks].map((name) => (knows(`remark-${name}`) ? say(`remark-${name}`) : name));
  const notes = [...remarks, ...replies.notes];
  byId("notes").replaceChildren(...notes.map((text) => element("li", {}, text)));
  byId("notes").hidden = notes.length === 0;
}

function clear() {
  for (const id of ["failure", "notes", "result", "below", "json"]) byId(id).hidden = true;
  byId("json-toggle").setAttribute("aria-expanded", "false");
  byId("status").textContent = "";
  byId("result").replaceChildren();
  byId("result").removeAttribute("aria-busy");
}

function fail(error) {
  clear();
  byId("run").disabled = false;
  if (error.status === 401) return askForKey(Boolean(kept.get("key", "sessionStorage")));
  const mask = state.task && tasks[state.task].masks && state.model.mask_token;
  const needsMask = error.status === 400 && mask && !byId("text").value.includes(mask);
  byId("failure").replaceChildren(
    error.status === 0 ? say("noServer") : error.message,
    ...(needsMask ? [element("br"), say("needsMask", { mask })] : []));
  byId("failure").hidden = false;
}

function askForKey(isWrong) {
  byId("key-form").hidden = false;
  byId("failure").hidden = !isWrong;
  if (isWrong) byId("failure").textContent = say("wrongKey");
  byId("key").focus();
}

/** Takes another text, which can be undone, and goes on while it has masks. */
function replace(text, task) {
  state.former.push({ text: byId("text").value, task: state.task });
  byId("undo").hidden = false;
  byId("text").value = text;
  if (task) chooseTask(task);
  remember();
  if (state.model.mask_token && text.includes(state.model.mask_token)) return void run();
  state.running?.abort();
  clear();
  byId("text").focus();
}

function undo() {
  const former = state.former.pop();
  byId("undo").hidden = state.former.length === 0;
  if (!former) return;
  byId("text").value = former.text;
  chooseTask(former.task);
  run();
}

// ---- model and task

function chooseModel(id) {
  state.model = state.models.find((model) => model.id === id) ?? state.models[0];
  byId("model").value = state.model.id;
  Object.assign(state, { attention: { position: 0 }, former: [] });
  byId("undo").hidden = true;
  byId("tasks").replaceChildren(
    ...Object.keys(tasks).filter((task) => state.model.tasks.includes(task)).map((task) =>
      element("button", {
        type: "button", role: "tab", id: `task-${task}`, "data-task": task,
        on: { click: () => chooseTask(task, true) },
      }, say(`task-${task}`))),
  );
  chooseTask(state.model.tasks.includes(state.task) ? state.task : byId("tasks").firstElementChild.dataset.task);
}

function chooseTask(task, clears = false) {
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
  if (clears) {
    state.running?.abort();
    clear();
  }
}

function showExamples() {
  const list = examples(state.task, state.model.mask_token);
  byId("examples-field").hidden = list.length === 0;
  byId("examples").replaceChildren(...list.map((example) =>
    element("button", { type: "button", class: "example", on: { click: () => takeExample(example) } },
      [example.text, example.pair].filter(Boolean).join(" | "))));
}

function showCount() {
  if (!tasks[state.task].counts) return byId("options").replaceChildren();
  const change = (event) => {
    state.count = Number(event.currentTarget.value);
    if (!byId("result").hidden) run();
  };
  const options = [3, 5, 10, 20].map((count) =>
    element("option", { value: count, selected: count === state.count }, String(count)));
  byId("options").replaceChildren(
    element("label", {}, `${say("count")} `, element("select", { id: "count", on: { change } }, options)));
}

// ---- what a link holds

function remember() {
  const parts = { model: state.model.id, task: state.task, text: byId("text").value };
  if (tasks[state.task].pair && byId("pair").value) parts.pair = byId("pair").value;
  if (tasks[state.task].labels && byId("labels").value) parts.labels = byId("labels").value;
  const hash = `#${new URLSearchParams(parts)}`;
  if (hash !== location.hash) history.replaceState(null, "", hash);
}

/** Takes model, task and texts from the link; true when there was a text. */
function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  chooseModel(parts.get("model") ?? state.models[0].id);
  chooseTask(parts.get("task") ?? state.task);
  byId("text").value = parts.get("text") ?? "";
  byId("pair").value = parts.get("pair") ?? "";
  byId("labels").value = parts.get("labels") ?? "";
  return parts.has("text");
}

// ---- language and light

function showTheme() {
  const theme = kept.get("theme") ?? "auto";
  const known = ["auto", "light", "dark"].includes(theme) ? theme : "auto";
  document.documentElement.dataset.theme = known;
  const title = `${say("switchTheme")}: ${say(`theme-${known}`)}`;
  byId("theme").textContent = { auto: "◐", light: "☀", dark: "☾" }[known];
  byId("theme").title = title;
  byId("theme").setAttribute("aria-label", title);
  return known;
}

function showLanguage() {
  dress();
  byId("language").textContent = say("otherLanguage");
  showTheme();
  for (const tab of byId("tasks").children) tab.textContent = say(`task-${tab.dataset.task}`);
  if (state.model) {
    showExamples();
    showCount();
  }
}

// ---- listening

/** Enter computes, unless it ends the composition of a character; with Shift it breaks the line. */
function onKey(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.shiftKey) return;
  event.preventDefault();
  run();
}

function insertMask() {
  const field = byId("text");
  field.setRangeText(state.model.mask_token, field.selectionStart, field.selectionEnd, "end");
  field.focus();
}

function takeExample(example) {
  byId("text").value = example.text;
  byId("pair").value = example.pair ?? "";
  byId("labels").value = example.labels ?? "";
  run();
}

function listen() {
  const on = (id, event, handler) => byId(id).addEventListener(event, handler);
  on("form", "submit", (event) => (event.preventDefault(), run()));
  on("key-form", "submit", (event) => {
    event.preventDefault();
    kept.set("key", byId("key").value, "sessionStorage");
    Object.assign(byId("key"), { value: "" });
    byId("key-form").hidden = true;
    start();
  });
  for (const id of ["text", "pair", "labels"]) on(id, "keydown", onKey);
  on("mask", "click", insertMask);
  on("undo", "click", undo);
  on("model", "change", (event) => {
    state.running?.abort();
    chooseModel(event.currentTarget.value);
    clear();
  });
  on("language", "click", () => {
    switchLanguage();
    showLanguage();
    if (!byId("result").hidden) run(true);
  });
  on("theme", "click", () => {
    kept.set("theme", { auto: "light", light: "dark", dark: "auto" }[showTheme()]);
    showTheme();
  });
  on("json-toggle", "click", () => {
    byId("json").hidden = !byId("json").hidden;
    byId("json-toggle").setAttribute("aria-expanded", String(!byId("json").hidden));
  });
  on("link", "click", async () => {
    // Only pages of this machine or over TLS may write to the clipboard.
    const isCopied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    byId("link").textContent = say(isCopied ? "copied" : "linkAbove");
    setTimeout(() => (byId("link").textContent = say("copyLink")), 1500);
  });
  for (const id of ["tasks", "examples"]) walkable(byId(id));
  window.addEventListener("hashchange", () => state.models.length && recall() && run());
}

/** Learns what there is; waits for models that are still loading. */
async function start() {
  try {
    const { models } = await info();
    state.models = models.filter((model) => model.state === "ready");
    if (!state.models.length) {
      const isLoading = models.some((model) => model.state === "loading");
      byId("status").textContent = isLoading ? say("loading") : say("noModels");
      if (isLoading) setTimeout(start, 1000);
      return;
    }
    byId("failure").hidden = true;
    byId("status").textContent = "";
    byId("model").replaceChildren(...state.models.map((model) => element("option", { value: model.id }, model.id)));
    byId("model-field").hidden = state.models.length < 2;
    if (recall()) run();
    else byId("text").value = examples(state.task, state.model.mask_token)[0]?.text ?? "";
  } catch (error) {
    fail(error);
  }
}

showLanguage();
listen();
start();
