/** Numbers that are the same on every machine for one seed (Mulberry32). */
export interface Random {
  /** A whole number of at least `from` and less than `to`. */
  between(from: number, to: number): number;
  /** A number in [0, 1). */
  fraction(): number;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { fraction, between: (from, to) => from + Math.floor(fraction() * (to - from)) };
}
