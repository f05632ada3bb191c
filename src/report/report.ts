/**
 * Plan or outcome → words (design 7, 8). One view model, four printers: Markdown through templates, terminal text, JSON.
 * Belongs here: what is said and how it is cut and escaped. Not here: reading templates, posting, or anything that acts.
 */

export { viewJson } from "./json.ts";
export {
  checkTextBytes,
  renderComment,
  renderSummary,
  type TemplateTexts,
} from "./markdown.ts";
export { markerPrefix } from "./markdown-view.ts";
export { foldEvents } from "./progress.ts";
export { renderText } from "./text.ts";
export { buildPlanView, type PlanView, type ReportContext } from "./view.ts";
