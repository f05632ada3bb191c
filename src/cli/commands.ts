/** Every command by name, with the line that describes it; the code is loaded when the command is called. */
import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Arguments and value of the usage line. */
  readonly group: "start" | "plan and apply" | "look" | "check" | "operate";
  readonly load: () => Promise<Command>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: "init",
    group: "start",
    summary: "Write a small project to start from.",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "plan",
    group: "plan and apply",
    summary: "Show what would change in an environment, and write it down.",
    load: async () => (await import("./plan.ts")).plan,
  },
  {
    name: "apply",
    group: "plan and apply",
    summary: "Do exactly what a plan file says.",
    load: async () => (await import("./apply.ts")).apply,
  },
  {
    name: "show",
    group: "plan and apply",
    summary: "Show a plan file.",
    load: async () => (await import("./show.ts")).show,
  },
  {
    name: "rollback",
    group: "plan and apply",
    summary: "Put the previous version of an environment back.",
    load: async () => (await import("./rollback.ts")).rollback,
  },
  {
    name: "status",
    group: "look",
    summary: "What is live, what is being applied, and by whom.",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "environments",
    group: "look",
    summary: "List the environments.",
    load: async () => (await import("./environments.ts")).environments,
  },
  {
    name: "diff",
    group: "look",
    summary: "Compare two environments.",
    load: async () => (await import("./diff.ts")).diff,
  },
  {
    name: "dag",
    group: "look",
    summary: "Show which model reads which.",
    load: async () => (await import("./dag.ts")).dag,
  },
  {
    name: "render",
    group: "look",
    summary: "Show the SQL a model runs.",
    load: async () => (await import("./render.ts")).render,
  },
  {
    name: "test",
    group: "check",
    summary: "Run the unit tests.",
    load: async () => (await import("./test.ts")).test,
  },
  {
    name: "audit",
    group: "check",
    summary: "Run the audits of promoted models.",
    load: async () => (await import("./audit.ts")).audit,
  },
  {
    name: "lint",
    group: "check",
    summary: "Check the models against the lint rules.",
    load: async () => (await import("./lint.ts")).lint,
  },
  {
    name: "run",
    group: "operate",
    summary: "Compute what is due by cron.",
    load: async () => (await import("./run.ts")).run,
  },
  {
    name: "invalidate",
    group: "operate",
    summary: "Mark a development environment for removal.",
    load: async () => (await import("./invalidate.ts")).invalidate,
  },
  {
    name: "clean",
    group: "operate",
    summary: "Drop what no environment needs any more.",
    load: async () => (await import("./clean.ts")).clean,
  },
  {
    name: "breaker",
    group: "operate",
    summary: "Open or close the kill switch.",
    load: async () => (await import("./breaker.ts")).breaker,
  },
  {
    name: "unlock",
    group: "operate",
    summary: "Release the lock of a dead apply.",
    load: async () => (await import("./unlock.ts")).unlock,
  },
  {
    name: "import-state",
    group: "operate",
    summary: "Take over a production that SQLMesh built.",
    load: async () => (await import("./import-state.ts")).importState,
  },
];
