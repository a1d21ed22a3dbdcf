// The page: what people press, the language and the light, and the beginning.
import { clear, fail, run, undo } from "./answer.js";
import { byId, element, kept, walkable } from "./dom.js";
import { examples } from "./examples.js";
import { info } from "./server.js";
import { chooseModel, chooseTask, recall, showCount, showExamples, state } from "./tasks.js";
import { dress, say, switchLanguage } from "./texts.js";

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
    chooseModel(event.currentTarget.value);
    clear();
  });
  on("tasks", "click", (event) => {
    const tab = event.target.closest("button");
    if (!tab) return;
    chooseTask(tab.dataset.task);
    clear();
  });
  on("examples", "click", (event) => {
    const button = event.target.closest("button");
    if (button) takeExample(examples(state.task, state.model.mask_token)[button.dataset.index]);
  });
  on("options", "change", (event) => {
    state.count = Number(event.target.value);
    if (!byId("result").hidden) run();
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
