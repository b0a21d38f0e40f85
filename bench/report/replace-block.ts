/**
 * Replaces what stands between the lines `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` of a Markdown text.
 * Throws when the text has no such block.
 */
export function replaceBlock(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close, start);
  if (start === -1 || end === -1) throw new Error(`no block ${open} … ${close} to write into`);
  return `${text.slice(0, start + open.length)}\n${content.trim()}\n${text.slice(end)}`;
}
