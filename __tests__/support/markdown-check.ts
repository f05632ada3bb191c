/** What must hold for every Markdown text we post, whatever names it carries. */

/** Complaints; empty when fences and `<details>` are balanced and no foreign tag, mention or link got through. */
export function markdownFaults(text: string): readonly string[] {
  const faults: string[] = [];
  let fence: string | null = null;
  const open: string[] = [];
  text.split("\n").forEach((line, index) => {
    const where = `line ${index + 1}: ${line.slice(0, 120)}`;
    if (fence !== null) {
      if (new RegExp(`^${fence}\`*\\s*$`).test(line)) fence = null;
      return;
    }
    const start = /^(`{3,})[\w]*$/.exec(line);
    if (start) {
      fence = start[1] as string;
      return;
    }
    if (/^<!-- sluice:\S+( \S+)* -->$/.test(line)) return;
    const prose = withoutCode(line).replace(/\\[\\`*_[\]#|~$+=-]/g, "");
    for (const [, slash, tag] of prose.matchAll(/<(\/?)([a-zA-Z!][\w-]*)/g)) {
      if (!["details", "summary", "sub", "b", "br", "code"].includes(tag as string))
        faults.push(`foreign tag, ${where}`);
      else if (tag === "br") continue;
      else if (slash === "") open.push(tag as string);
      else if (open.pop() !== tag) faults.push(`tag closed out of turn, ${where}`);
    }
    if (/(^|[^\w&;])@\w/.test(prose)) faults.push(`mention, ${where}`);
    if (/(^|[^\w&;`])#\d/.test(prose)) faults.push(`issue link, ${where}`);
    // Inside `<summary>` Markdown has no meaning.
    if (!line.startsWith("<summary>") && /\]\((?!https:\/\/github\.com\/o\/r\/)/.test(prose))
      faults.push(`foreign link, ${where}`);
    if (/\p{Bidi_Control}/u.test(line)) faults.push(`direction mark, ${where}`);
  });
  if (fence !== null) faults.push("a fence is left open");
  if (open.length > 0) faults.push(`left open: ${open.join(", ")}`);
  return faults;
}

/** Table rows whose number of cells differs from their header's. */
export function raggedRows(text: string): readonly string[] {
  const faults: string[] = [];
  let cells: number | null = null;
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) {
      cells = null;
      continue;
    }
    const now = line.replace(/\\\\/g, "").replace(/\\\|/g, "").split("|").length;
    cells ??= now;
    if (now !== cells) faults.push(line.slice(0, 160));
  }
  return faults;
}

function withoutCode(line: string): string {
  return line.replace(/(?<![`\\])(`+)(?!`)(.*?[^`])\1(?!`)/g, "");
}
