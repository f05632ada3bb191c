/** Whether an event starts a workflow: names, activity types, branches. */
import type { EventsConfig } from "@actions/workflow-parser/model/workflow-template";
import type { Trigger } from "../events.ts";

interface Filter {
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
}

const defaultTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["opened", "synchronize", "reopened"],
};

/** null when the workflow runs; why not otherwise. */
export function whyNotTriggered(events: EventsConfig, trigger: Trigger): string | null {
  const filter = (events as Readonly<Record<string, Filter | undefined>>)[trigger.name];
  if (filter === undefined) return `no trigger for ${trigger.name}`;
  const types = filter.types ?? defaultTypes[trigger.name];
  const action = trigger.payload["action"];
  if (types && typeof action === "string" && !types.includes(action)) return `activity type ${action}`;
  const branch = trigger.baseRef === "" ? trigger.ref.replace("refs/heads/", "") : trigger.baseRef;
  if (filter.branches && !filter.branches.some((pattern) => matches(pattern, branch)))
    return `branch ${branch}`;
  return null;
}

function matches(pattern: string, branch: string): boolean {
  const source = pattern
    .replace(/[.+^$()|[\]{}]/g, "\\$&")
    .split("**")
    .map((part) => part.replaceAll("*", "[^/]*"))
    .join(".*");
  return new RegExp(`^${source}$`).test(branch);
}
