/** What may go wrong on GitHub's side, asked for by a test, call by call. */
export type FaultKind =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** Half an answer of JSON. */
  | "malformed"
  /** The connection ends without an answer. */
  | "dropped"
  /** The answer comes after so many milliseconds. */
  | { readonly delay: number };

export interface Fault {
  /** An operation of REST (`checks/create`), a method of the artifact service (`CreateArtifact`), or `blob PUT`, `blob GET`. */
  readonly call: string;
  readonly kind: FaultKind;
  /** Default 1. */
  readonly times?: number;
  /** Calls to let pass first. Default 0. */
  readonly after?: number;
}

export class Faults {
  readonly #waiting: { readonly fault: Fault; after: number; times: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, after: fault.after ?? 0, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** The fault this call meets, which is then spent. */
  take(call: string): FaultKind | null {
    for (const each of this.#waiting) {
      if (each.fault.call !== call || each.times === 0) continue;
      if (each.after > 0) {
        each.after -= 1;
        continue;
      }
      each.times -= 1;
      return each.fault.kind;
    }
    return null;
  }
}
