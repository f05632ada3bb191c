/** Memory for what was computed from a text: reading one model looks at the same few texts again and again. */
import type { DialectFamily } from "./dialect.ts";

const mostRecent = 6;
/** Characters: shorter texts are read faster than remembered, and would push out the long ones. */
const worthRemembering = 64;

type Reader<T> = (text: string, family: DialectFamily, file?: string) => T;

interface Remembered<T> {
  readonly text: string;
  readonly family: DialectFamily;
  readonly result: T;
}

/** The same reader with a memory. What it gives must not be changed; a text that makes it throw is read each time. */
export function rememberRecent<T extends object>(read: Reader<T>): Reader<T> {
  // A ring of fixed size: the inner tables that a Map or WeakMap sheds would keep everything alive until a full collection.
  const ring: (Remembered<T> | undefined)[] = new Array<undefined>(mostRecent).fill(undefined);
  let next = 0;
  return (text, family, file) => {
    if (text.length < worthRemembering) return read(text, family, file);
    for (const known of ring) if (known?.text === text && known.family === family) return known.result;
    const result = read(text, family, file);
    ring[next] = { text, family, result };
    next = (next + 1) % mostRecent;
    return result;
  };
}
