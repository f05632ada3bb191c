/** The few types MySQL casts to, under names of their own. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^(?:tiny|small|medium|big)?int(?:eger)?\d?\b.*\bunsigned\b/i, "UNSIGNED"],
  [/^(?:(?:tiny|small|medium|big)?int(?:eger)?\d?|bool(?:ean)?|serial|year)\b/i, "SIGNED"],
  [/^(?:double|float|real)\b/i, "DOUBLE"],
  [/^(?:var)?char(?:acter)?\b\s*(\(\d+\))?(?!\s*(?:character\s+set|charset))/i, "CHAR$1"],
  [/^(?:tiny|medium|long)?text\b|^string\b|^enum\b|^set\b|^uuid\b/i, "CHAR"],
  [/^timestamp\w*\s*(\(\d\))?/i, "DATETIME$1"],
  [/^(?:var)?binary\b|^(?:tiny|medium|long)?blob\b/i, "BINARY"],
];
const kept = /^(?:date|datetime|time|json|decimal|numeric|dec)\b/i;

/** The type as CAST takes it; null when it is not known or cannot be cast to. */
export function mysqlCastType(type: string): string | null {
  if (kept.test(type)) return type.replace(/^(?:numeric|dec)\b/i, "DECIMAL");
  for (const [pattern, name] of names) {
    const found = pattern.exec(type);
    if (found) return name.replace("$1", found[1] ?? "");
  }
  return null;
}
