/** A plan as text of one row. A large one is packed: servers take no statement beyond a size, often 16 MB. */
import { gunzipSync, gzipSync } from "node:zlib";
import type { PlanDocument } from "../plan/plan.ts";

/** Characters up to which a plan stays readable where it lies. */
const readable = 1_000_000;

const mark = "gzip:";

export function packPlan(plan: PlanDocument): string {
  const text = JSON.stringify(plan);
  return text.length <= readable ? text : mark + gzipSync(text).toString("base64");
}

export function unpackPlan(text: string): PlanDocument {
  const json = text.startsWith(mark)
    ? gunzipSync(Buffer.from(text.slice(mark.length), "base64")).toString("utf8")
    : text;
  return JSON.parse(json) as PlanDocument;
}
