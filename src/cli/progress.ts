/** Progress of an apply on stderr: a bar per model on a terminal, plain lines in a log. */
import type { ApplyEvent } from "../plan/events.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";
import { oneLine, shorten, terminalText } from "../report/escape.ts";
import { describeRows, describeSeconds } from "../report/interval-text.ts";
import { painter } from "../report/paint.ts";
import type { Terminal } from "./terminal.ts";

export interface Progress {
  readonly show: (event: ApplyEvent) => void;
  /** Leaves the terminal as it should be; harmless to repeat. */
  readonly end: () => void;
}

/** Bars when stderr is a terminal, else lines. */
export function makeProgress(plan: PlanDocument, terminal: Terminal): Progress {
  return terminal.interactive ? barProgress(plan, terminal) : lineProgress(plan, terminal.note);
}

/** One line per finished step; a started one only when it takes a note to say so (waiting, failing, warning). */
export function lineProgress(plan: PlanDocument, note: (text: string) => void): Progress {
  const total = plan.steps.length;
  const width = String(total).length;
  let done = 0;
  const show = (event: ApplyEvent) => {
    const line = describeEvent(event);
    if (event.kind === "step-finished") {
      done += 1;
      note(`[${String(done).padStart(width)}/${total}] ${line}`);
    } else if (line !== "") note(line);
  };
  return { show, end: () => {} };
}

function describeEvent(event: ApplyEvent): string {
  switch (event.kind) {
    case "apply-started":
      return event.resumed ? "Continuing an apply that stopped before." : "";
    case "waiting-for-lock":
      return `Waiting for the lock, held by ${clean(event.owner)}.`;
    case "step-finished": {
      const rows = (event.rows ?? 0) === 0 ? "" : `, ${describeRows(event.rows ?? 0)}`;
      return `${clean(event.step.sentence)} (${event.already ? "was done before" : describeSeconds(event.seconds)}${rows})`;
    }
    case "audit-finished":
      return event.badRows === 0
        ? ""
        : `audit ${clean(event.audit)} found ${describeRows(event.badRows)}${event.blocking ? "" : " (not blocking)"}`;
    case "step-failed":
      return `failed: ${clean(event.step.sentence)}`;
    case "warning":
      return `warning: ${clean(event.text)}`;
    case "step-started":
    case "apply-finished":
      return "";
  }
}

interface ModelBar {
  readonly name: string;
  readonly total: number;
  done: number;
  rows: number;
  running: number;
}

const redrawEvery = 100;

function barProgress(plan: PlanDocument, terminal: Terminal): Progress {
  const paint = painter(terminal.color);
  const names = new Map(plan.models.map((model) => [model.name as string, model.displayName]));
  const bars = new Map<string, ModelBar>();
  for (const step of plan.steps) {
    const model = modelOf(step);
    if (model === null) continue;
    const before = bars.get(model);
    bars.set(model, {
      name: names.get(model) ?? model,
      total: (before?.total ?? 0) + 1,
      done: 0,
      rows: 0,
      running: 0,
    });
  }
  let done = 0;
  let activity = "";
  let drawn = 0;
  let lastDraw = 0;
  let ended = false;

  const erase = () => {
    if (drawn > 0) process.stderr.write(`\u001b[${drawn}F\u001b[J`);
    drawn = 0;
  };
  const draw = () => {
    const rows = Math.max(3, (process.stderr.rows ?? 24) - 4);
    const active = [...bars.values()].filter((bar) => bar.running > 0).slice(0, rows - 1);
    const width = Math.min(40, Math.max(12, ...active.map((bar) => bar.name.length)));
    const lines = [
      ...active.map((bar) => barLine(bar, width, terminal.width, paint)),
      `${barOf(done, plan.steps.length, 24)} ${done}/${plan.steps.length} ${shorten(activity, Math.max(10, terminal.width - 40))}`,
    ];
    erase();
    process.stderr.write(`${lines.join("\n")}\n`);
    drawn = lines.length;
    lastDraw = performance.now();
  };
  const say = (line: string) => {
    erase();
    process.stderr.write(`${line}\n`);
  };

  const show = (event: ApplyEvent) => {
    if (event.kind === "apply-finished") return;
    if (event.kind === "step-started" || event.kind === "step-finished" || event.kind === "step-failed") {
      const bar = bars.get(modelOf(event.step) ?? "");
      if (bar) bar.running += event.kind === "step-started" ? 1 : -1;
      if (event.kind === "step-finished") {
        done += 1;
        if (bar) {
          bar.running = Math.max(0, bar.running);
          bar.done += 1;
          bar.rows += event.rows ?? 0;
          if (bar.done === bar.total)
            say(
              `${paint("green", "✓")} ${clean(bar.name)}${bar.rows > 0 ? paint("dim", ` ${describeRows(bar.rows)}`) : ""}`,
            );
        }
      }
      if (event.kind === "step-failed") say(`${paint("red", "✗")} ${clean(event.step.sentence)}`);
      activity = clean(event.step.sentence);
    } else {
      const line = describeEvent(event);
      if (line !== "") say(line);
    }
    if (drawn === 0 || performance.now() - lastDraw > redrawEvery) draw();
  };
  const end = () => {
    if (!ended) erase();
    ended = true;
  };
  return { show, end };
}

function modelOf(step: Step): string | null {
  return "model" in step ? step.model : null;
}

function barLine(bar: ModelBar, width: number, columns: number, paint: ReturnType<typeof painter>): string {
  const name = shorten(clean(bar.name), width).padEnd(width);
  const rows = bar.rows > 0 ? ` ${describeRows(bar.rows)}` : "";
  const rest = shorten(
    ` ${barOf(bar.done, bar.total, 20)} ${bar.done}/${bar.total}${rows}`,
    Math.max(1, columns - width),
  );
  return `${paint("cyan", name)}${rest}`;
}

/** `████████░░░░` */
function barOf(done: number, total: number, width: number): string {
  const filled = total === 0 ? width : Math.floor((done / total) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

function clean(text: string): string {
  return terminalText(oneLine(text));
}
