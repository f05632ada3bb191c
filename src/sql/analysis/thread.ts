/** A worker thread that answers one question at a time, is ended when it hangs, and started anew for the next question. */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Answer, AskMessage, WorkerMessage } from "./request.ts";

export interface WorkerThreadOptions {
  /** Milliseconds for one answer. */
  readonly timeout: number;
  readonly file: URL | undefined;
}

/** Loading 23 MB of WebAssembly on a busy machine takes seconds, not a query's time. */
const startTimeout = 60_000;
/** After this many starts in a row without an answer the thread is given up. */
const maxFailedStarts = 3;

export class WorkerThread {
  readonly #options: WorkerThreadOptions;
  #worker: Worker | null = null;
  #failedStarts = 0;
  #lastFailure = "";

  constructor(options: WorkerThreadOptions) {
    this.#options = options;
  }

  /** Always resolves; the caller asks again only after the answer. */
  async ask(message: AskMessage): Promise<Answer> {
    if (this.#failedStarts >= maxFailedStarts) return { value: null, why: this.#lastFailure };
    try {
      const worker = await this.#started();
      const reply = await this.#reply(worker, this.#options.timeout, () => worker.postMessage(message));
      if (reply.kind === "answer") return reply.answer;
      return { value: null, why: "the analyser answered something else" };
    } catch (error) {
      await this.end();
      return { value: null, why: error instanceof Error ? error.message : String(error) };
    }
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  async #started(): Promise<Worker> {
    if (this.#worker) return this.#worker;
    try {
      const worker = new Worker(this.#options.file ?? workerFile());
      this.#worker = worker;
      // An unanswered question must not keep the process alive; `#reply` holds it only while it waits.
      worker.unref();
      // A thread that dies between two questions is not an error of the process.
      worker.on("error", () => undefined);
      worker.on("exit", () => {
        if (this.#worker === worker) this.#worker = null;
      });
      const reply = await this.#reply(worker, startTimeout, () => undefined);
      if (reply.kind === "failed") throw new Error(`the analyser did not start: ${reply.message}`);
      this.#failedStarts = 0;
      return worker;
    } catch (error) {
      this.#failedStarts++;
      this.#lastFailure = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  #reply(worker: Worker, timeout: number, send: () => void): Promise<WorkerMessage> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void): void => {
        clearTimeout(timer);
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
        worker.unref();
        done();
      };
      const onMessage = (message: WorkerMessage): void => settle(() => resolve(message));
      const onError = (error: Error): void =>
        settle(() => reject(new Error(`the analyser broke: ${error.message}`)));
      const onExit = (): void => settle(() => reject(new Error("the analyser ended unexpectedly")));
      const timer = setTimeout(
        () => settle(() => reject(new Error(`the analyser took longer than ${timeout / 1000} s`))),
        timeout,
      );
      worker.ref();
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
      send();
    });
  }
}

/** Beside this file from source (`.ts`) and from `lib/` (`.js`); in the bundle under a name of its own. */
function workerFile(): URL {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const beside = new URL(`./worker.${extension}`, import.meta.url);
  if (existsSync(beside)) return beside;
  return new URL(["./analysis-worker", "index.js"].join("/"), import.meta.url);
}
