// What the page asks of the server that it came from.
import { kept } from "./dom.js";

/** A refusal or a failure, with what the server says of it; status 0 where there was no reply. */
export class ServerFailure extends Error {
  constructor(status, reply) {
    super(reply?.error ?? reply?.message ?? "");
    this.status = status;
    this.reply = reply;
  }
}

async function send(path, options = {}) {
  const headers = { ...options.headers };
  const key = kept.get("key", "sessionStorage");
  if (key) headers.Authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers, credentials: "omit", redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerFailure(0);
  }
  const text = await response.text();
  let reply;
  try {
    reply = JSON.parse(text);
  } catch {
    throw new ServerFailure(response.status, { error: `HTTP ${response.status}` });
  }
  if (!response.ok) throw new ServerFailure(response.status, reply);
  return { reply, headers: response.headers };
}

/** Version, device, limits and models. */
export async function info() {
  return (await send("info")).reply;
}

/** Asks a model for a task; gives the reply, the seconds it took to compute, and remarks. */
export async function ask(model, task, inputs, parameters, signal) {
  const name = model.split("/").map(encodeURIComponent).join("/");
  const { reply, headers } = await send(`models/${name}/pipeline/${task}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ inputs, parameters }),
    signal,
  });
  return {
    reply,
    seconds: Number(headers.get("x-compute-time") ?? "0"),
    device: headers.get("x-compute-type") ?? "cpu",
    remarks: (headers.get("x-erlangshen-remarks") ?? "").split(", ").filter(Boolean),
  };
}
