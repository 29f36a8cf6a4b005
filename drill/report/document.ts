import { markup, raw, type Markup } from "./markup";
import { styles } from "./styles";

export interface DocumentArgs {
  readonly lang: string;
  readonly title: string;
  readonly body: Markup;
  /** Styles on top of the reports' own. */
  readonly more?: Markup;
}

/** A report as one HTML file that loads nothing from anywhere and runs no script. */
export function htmlDocument({ lang, title, body, more }: DocumentArgs): string {
  return markup`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${styles}${more ?? raw("")}</style>
</head>
${body}
</html>
`.toString();
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
