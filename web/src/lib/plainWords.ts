/**
 * The beginning of a Markdown text as words on one line, where there is no room for more. Mentions and links are their
 * names, also where the text was cut off inside their address.
 */
export function plainWords(markdown: string): string {
  return markdown
    .replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*(\)|$)/g, "$1")
    .replaceAll(/^\s*(#{1,6}|>|[-*+]|\d+[.)])\s+/gm, "")
    .replaceAll(/(\*\*|__|~~|`+)(?=\S)(.*?\S)\1/g, "$2")
    .replaceAll(/\s+/g, " ")
    .trim()
}
