/** The thread the analyser's library lives in. It can be killed at any time: it holds nothing that matters. */
import { parentPort } from "node:worker_threads";
import { answer } from "./answer.ts";
import { loadLibrary } from "./library.ts";
import type { AskMessage, WorkerMessage } from "./request.ts";

const port = parentPort;
if (port) {
  const say = (message: WorkerMessage): void => port.postMessage(message);
  try {
    const library = await loadLibrary();
    port.on("message", (message: AskMessage) => {
      say({ kind: "answer", answer: answer(library, message.question, message.request) });
    });
    say({ kind: "ready" });
  } catch (error) {
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}
