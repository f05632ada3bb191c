/** What may go wrong with a call, and what it leads to: the rows of the fault matrix. */
import type { FaultKind } from "./faults.ts";

/** Faults that do not go away. */
export const lasting: Readonly<Record<string, FaultKind>> = {
  "403": { status: 403 },
  "404": { status: 404 },
  "409": { status: 409 },
  "410": { status: 410 },
  "422": { status: 422 },
  "429": { status: 429 },
  "503": { status: 503 },
  malformed: "malformed",
};

/** Faults that are over when the call is made again. `silent` is longer than a request may take, `slow` is not. */
export const passing: Readonly<Record<string, FaultKind>> = {
  "429": { status: 429, headers: { "retry-after": "1", "x-ratelimit-remaining": "0" } },
  "502": { status: 502 },
  dropped: "dropped",
  slow: { delay: 150 },
  silent: { delay: 1_200 },
};

/** Milliseconds that a request may take while `silent` is played. */
export const requestLimit = 500;

interface Row {
  readonly call: string;
  /** Calls to let pass first. */
  readonly after: number;
  readonly fault: string;
  readonly kind: FaultKind;
  readonly reason: string;
}

/** A reason for all faults of a call, or one for each fault that differs. `call+1` lets the first call pass. */
type Reasons = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export function rowsOf(reasons: Reasons): readonly Row[] {
  return Object.entries(reasons).flatMap(([name, reason]) => {
    const [call = "", after = "0"] = name.split("+");
    return Object.entries(lasting).map(([fault, kind]) => ({
      call,
      after: Number(after),
      fault,
      kind,
      reason: typeof reason === "string" ? reason : (reason[fault] ?? reason["else"] ?? ""),
    }));
  });
}
