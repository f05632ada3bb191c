/** What a failed statement says of a name: engines put it into the details of their failures. */
import { SluiceError } from "../errors.ts";

/** Whether a statement failed because something stands under a name, or nothing does. */
export function failedFor(error: unknown, why: "exists" | "missing"): boolean {
  return error instanceof SluiceError && error.details[why] === true;
}
