/** `before_all` and `after_all` as they travel in a plan: with the Jinja macros they call, since the files stay behind. */
import { jinjaMacrosNamed } from "../sql/macro/jinja-definitions.ts";
import type { Settings } from "./settings.ts";

const block = /\bJINJA_STATEMENT_BEGIN\b[ \t\r\n]*;/gi;

/** The settings with each Jinja block preceded, on its own first line, by the definitions it needs. */
export function withJinjaMacros(settings: Settings, macros: ReadonlyMap<string, string>): Settings {
  const whole = (texts: readonly string[]): readonly string[] =>
    texts.map((text) => {
      const needed = Object.values(jinjaMacrosNamed([text], macros));
      if (needed.length === 0) return text;
      const definitions = needed.join("").replaceAll("\n", " ");
      return text.replace(block, (begin) => `${begin} ${definitions}`);
    });
  if (macros.size === 0) return settings;
  return { ...settings, beforeAll: whole(settings.beforeAll), afterAll: whole(settings.afterAll) };
}
