export { renderHtml } from "./html";
export { renderMarkdown } from "./markdown";
export type { ReportOptions } from "./options";
export { languages, type Language } from "./strings";
export { renderTable, type TableOptions } from "./table";
export { renderScenarios } from "./scenarios";
