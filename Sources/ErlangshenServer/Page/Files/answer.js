// Asks the model and shows what it answers, or why it does not.
import { byId, element, kept } from "./dom.js";
import { ask, ServerFailure } from "./server.js";
import { chooseTask, remember, state, tasks } from "./tasks.js";
import { knows, say } from "./texts.js";

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
export async function run(again = false) {
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

/** Gives up what runs and takes the last answer away. */
export function clear() {
  state.running?.abort();
  for (const id of ["failure", "notes", "result", "below", "json"]) byId(id).hidden = true;
  byId("json-toggle").setAttribute("aria-expanded", "false");
  byId("status").textContent = "";
  byId("result").replaceChildren();
  byId("result").removeAttribute("aria-busy");
}

/** Shows what went wrong: in the page's language what kind of failure it is, below that the server's words. */
export function fail(error) {
  clear();
  byId("run").disabled = false;
  if (error.status === 401) return askForKey(Boolean(kept.get("key", "sessionStorage")));
  const mask = state.task && tasks[state.task].masks && state.model.mask_token;
  const needsMask = error.status === 400 && mask && !byId("text").value.includes(mask);
  const kind = `failure-${error.reply?.error_type}`;
  const known = needsMask ? say("needsMask", { mask }) : knows(kind) ? say(kind) : null;
  const words = error.status === 0 ? say("noServer") : error.message;
  byId("failure").replaceChildren(...(known ? [known, element("small", { lang: "en" }, words)] : [words]));
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
  clear();
  byId("text").focus();
}

/** Goes back to the text before. */
export function undo() {
  const former = state.former.pop();
  byId("undo").hidden = state.former.length === 0;
  if (!former) return;
  byId("text").value = former.text;
  chooseTask(former.task);
  run();
}
