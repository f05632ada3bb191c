/** `--override fuse --reason text`: leave to go on although a fuse of sluice.yaml says stop. */
import { SluiceError } from "../errors.ts";
import { type Override, overridable } from "../plan/outcome.ts";
import { listOf, type OptionSpec, type OptionValues, textOf } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export const overrideOptionSpecs: readonly OptionSpec[] = [
  {
    name: "override",
    takes: "list",
    value: "fuse",
    help: "Go on although this fuse says stop: window, freeze or impact.",
  },
  { name: "reason", takes: "text", value: "text", help: "Why; kept with the plan and shown to everybody." },
  { name: "by", takes: "text", value: "name", help: "Who overrides. Default: the user of this process." },
];

/** The library checks fuse, reason and who may. */
export function overridesOf(options: OptionValues, { env }: Pick<Terminal, "env">): readonly Override[] {
  const reason = textOf(options, "reason") ?? "";
  const by = textOf(options, "by") ?? env["GITHUB_ACTOR"] ?? env["USER"] ?? "unknown";
  const fuses = listOf(options, "override") ?? [];
  if (fuses.length === 0 && reason !== "") {
    throw new SluiceError("USAGE", "--reason says why a fuse is overridden, but none is", {
      hint: `Add --override ${overridable.join(" or ")}.`,
    });
  }
  return fuses.map((fuse) => ({ fuse: fuse as Override["fuse"], reason, by }));
}
