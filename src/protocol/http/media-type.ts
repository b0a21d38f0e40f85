/** A parsed media type or media range (RFC 9110 §8.3.1, §12.5.1), names in small letters. */
export interface MediaType {
  /** `type/subtype`. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const NAME = new RegExp(`^${TOKEN}/${TOKEN}$`);
const PARAMETER = new RegExp(`^(${TOKEN})=(?:(${TOKEN})|"([^"\\\\]*)")$`);

/** Undefined when the text is not exactly one media type, so that nothing is found by searching in it (P65, A2). */
export function parseMediaType(text: string): MediaType | undefined {
  const [name = '', ...rest] = text.split(';').map((part) => part.trim());
  if (!NAME.test(name)) return undefined;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part === '') continue;
    const match = PARAMETER.exec(part);
    const [, parameter, token, quoted] = match ?? [];
    if (parameter === undefined) return undefined;
    parameters.set(parameter.toLowerCase(), token ?? quoted ?? '');
  }
  return { name: name.toLowerCase(), parameters };
}

/** P65: whether a body of this Content-Type is JSON in UTF-8. A form, `text/plain` or no type at all is not (A2). */
export function isJsonContentType(contentType: string): boolean {
  const type = parseMediaType(contentType);
  if (type?.name !== 'application/json') return false;
  const charset = type.parameters.get('charset');
  return charset === undefined || charset.toLowerCase() === 'utf-8';
}
