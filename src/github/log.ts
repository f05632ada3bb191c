/**
 * The step's log. The runner obeys commands found in it (spec github-platform 1), so text of strangers is printed with
 * command reading switched off, and with nothing in it that looks like a command.
 */
import { terminalText } from "../report/escape.ts";
import type { Annotation } from "./annotations.ts";

export interface Log {
  /** Any text, on lines of its own. */
  info(text: string): void;
  /** A warning of the step: ten at most are shown. */
  warning(text: string): void;
  error(text: string): void;
  /** A finding on a line, where no check can be written: ten of each kind are shown. */
  annotate(annotation: Annotation): void;
  /** Never shown again in any log. */
  mask(secret: string): void;
}

/** Marks of both grammars of commands: text without them needs no fence around it. */
const suspicious = /::|##\s?\[/;

/** `write` prints raw text; `random` gives a word nobody can guess. */
export function openLog(write: (text: string) => void, random: () => string): Log {
  const command = (name: string, properties: Readonly<Record<string, string>>, data: string) => {
    const words = Object.entries(properties)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => `${key}=${escapeProperty(value)}`);
    write(`::${name}${words.length > 0 ? ` ${words.join(",")}` : ""}::${escapeData(data)}\n`);
  };
  return {
    info: (text) => {
      const harmless = `${terminalText(text).replace(/\n+$/, "")}\n`;
      if (!suspicious.test(harmless)) return write(harmless);
      const word = random();
      write(`::stop-commands::${word}\n${harmless}::${word}::\n`);
    },
    warning: (text) => command("warning", {}, terminalText(text)),
    error: (text) => command("error", {}, terminalText(text)),
    annotate: ({ path, line, level, title, message }) =>
      command(
        level === "failure" ? "error" : level,
        { file: path, line: String(line), title },
        terminalText(message),
      ),
    mask: (secret) => {
      if (secret !== "") command("add-mask", {}, secret);
    },
  };
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
