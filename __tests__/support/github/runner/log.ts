/** What the runner reads out of a step's lines: workflow commands, masks, annotations. */

export interface LogIssue {
  readonly kind: "error" | "warning" | "notice";
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const known = new Set([
  "add-mask",
  "add-matcher",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-output",
  "stop-commands",
  "warning",
]);

/** Annotations of each kind that a step may leave, and the length of their texts. */
const mostIssues = 10;
const longestIssue = 4096;

export class StepLog {
  readonly lines: string[] = [];
  readonly issues: LogIssue[] = [];
  /** By the old commands `set-output` and `save-state`, which runners still obey: a sign of untrusted text in the log. */
  readonly outputs: Record<string, string> = {};
  readonly #masks: Set<string>;
  #stoppedBy: string | null = null;

  constructor(masks: Set<string>) {
    this.#masks = masks;
  }

  read(line: string): void {
    const command = this.#commandIn(line);
    if (!command) this.lines.push(this.mask(line));
    else if (this.#obey(command)) this.lines.push(this.mask(line));
  }

  mask(text: string): string {
    const longestFirst = [...this.#masks].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }

  #commandIn(line: string): Command | null {
    const found = parseCommand(line);
    if (!found) return null;
    if (this.#stoppedBy !== null) return found.name === this.#stoppedBy ? found : null;
    return known.has(found.name.toLowerCase()) ? found : null;
  }

  /** Whether the line stays in the log. */
  #obey({ name, properties, data }: Command): boolean {
    if (this.#stoppedBy === name) {
      this.#stoppedBy = null;
      return true;
    }
    switch (name.toLowerCase()) {
      case "add-mask":
        for (const secret of [data, ...data.split(/[\r\n]+/)])
          if (secret.trim() !== "") this.#masks.add(secret);
        return false;
      case "stop-commands":
        this.#stoppedBy = data;
        return true;
      case "set-output":
      case "save-state":
        this.outputs[properties["name"] ?? ""] = data;
        return true;
      case "error":
      case "warning":
      case "notice":
        this.#annotate(name.toLowerCase() as LogIssue["kind"], properties, data);
        return true;
      default:
        return true;
    }
  }

  #annotate(kind: LogIssue["kind"], properties: Readonly<Record<string, string>>, data: string): void {
    if (this.issues.filter((issue) => issue.kind === kind).length >= mostIssues) return;
    this.issues.push({ kind, properties, message: this.mask(data).slice(0, longestIssue) });
  }
}

/** `::name key=value::data` at the start of a line, or the old `##[name key=value;]data` anywhere in it. */
function parseCommand(line: string): Command | null {
  const modern = /^\s*::([^\s:]+)((?: .*?)?)::(.*)$/s.exec(line);
  const [, name, properties, data] = modern ?? /##\[([^\]\s]+)([^\]]*)\](.*)$/s.exec(line) ?? [];
  if (name === undefined) return null;
  const pairs = (properties ?? "")
    .trim()
    .split(modern ? "," : ";")
    .filter(Boolean);
  return { name, properties: Object.fromEntries(pairs.map(pairOf)), data: unescapeData(data ?? "") };
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  return [
    text.slice(0, at),
    unescapeData(
      text
        .slice(at + 1)
        .replaceAll("%3A", ":")
        .replaceAll("%2C", ","),
    ),
  ];
}

function unescapeData(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
