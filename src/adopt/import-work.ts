/** How the ledger tells an import from a plan: by its `work`, which for a plan is a digest. */

const mark = "import-";

export function importWork(digest: string): string {
  return `${mark}${digest}`;
}

export function isImportWork(work: string): boolean {
  return work.startsWith(mark);
}
