// Prints `N passed, N failed` from vitest's JSON report. Arguments: the report, the exit status of the whole gate.
import { readFileSync } from "node:fs";

const [file, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const report = JSON.parse(readFileSync(file, "utf8"));
  passed = report.numPassedTests;
  failed =
    report.numFailedTests +
    report.testResults.filter((t) => t.status === "failed" && t.assertionResults.length === 0).length;
} catch {
  // The tests never ran: the status below tells.
}
if (failed === 0 && status !== "0") failed = 1;
console.log(`${passed} passed, ${failed} failed`);
