const asked = Number(process.env["SLUICE_TORTURE"] ?? "");

/** A long run was asked for. */
export const tortured = asked > 0;

/** How often the cruel tests do what they do: a few times, or as `SLUICE_TORTURE` says for long runs. */
export function times(few: number): number {
  return tortured ? asked : few;
}

/** Numbers between 0 and 1 that look random and are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
