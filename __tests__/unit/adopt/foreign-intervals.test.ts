import { expect, test } from "vitest";
import { foreignIntervals, tableKey } from "../../../src/adopt/foreign-intervals.ts";

const row = (created_ts: number, start_ts: number, end_ts: number, more: Record<string, unknown> = {}) => ({
  created_ts,
  name: "t",
  version: "1",
  dev_version: "1",
  identifier: "a",
  start_ts,
  end_ts,
  is_dev: false,
  is_removed: false,
  is_pending_restatement: false,
  ...more,
});

const of = (...rows: ReturnType<typeof row>[]) => foreignIntervals(rows).get(tableKey("t", "1"));

test.each([
  { what: "stretches that touch are one", rows: [row(1, 0, 5), row(2, 5, 9)], found: [[0, 9]] },
  {
    what: "rows are replayed in the order they were written",
    rows: [row(3, 2, 4), row(2, 0, 9, { is_removed: true }), row(1, 0, 9)],
    found: [[2, 4]],
  },
  {
    what: "development tables do not count",
    rows: [row(1, 0, 5), row(2, 5, 9, { is_dev: 1 })],
    found: [[0, 5]],
  },
  {
    what: "snapshots of one version share the table",
    rows: [row(1, 0, 5), row(2, 5, 9, { identifier: "b", dev_version: "2" })],
    found: [[0, 9]],
  },
  {
    what: "what is marked for restatement is missing until it was computed",
    rows: [row(1, 0, 9), row(2, 3, 6, { is_pending_restatement: true }), row(3, 3, 4)],
    found: [
      [0, 4],
      [6, 9],
    ],
  },
])("$what", ({ rows, found }) => {
  expect(of(...rows)).toEqual(found);
});
