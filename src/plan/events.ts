/** What apply says while it works: a closed set, folded into one outcome for terminal, comment and JSON. */
import type { Outcome } from "./outcome.ts";
import type { Step } from "./step.ts";

export type ApplyEvent =
  | {
      readonly kind: "apply-started";
      readonly at: number;
      readonly planId: string;
      readonly steps: number;
      readonly resumed: boolean;
    }
  | { readonly kind: "waiting-for-lock"; readonly at: number; readonly owner: string }
  | { readonly kind: "step-started"; readonly at: number; readonly step: Step }
  /** `already`: found done by an earlier run. */
  | {
      readonly kind: "step-finished";
      readonly at: number;
      readonly step: Step;
      readonly seconds: number;
      readonly rows?: number;
      readonly already: boolean;
    }
  | {
      readonly kind: "audit-finished";
      readonly at: number;
      readonly step: Step;
      readonly audit: string;
      readonly badRows: number;
      readonly blocking: boolean;
    }
  | { readonly kind: "step-failed"; readonly at: number; readonly step: Step; readonly message: string }
  | { readonly kind: "warning"; readonly at: number; readonly text: string }
  | { readonly kind: "apply-finished"; readonly at: number; readonly outcome: Outcome };
