/** One parameter of a query, as forms are encoded (application/x-www-form-urlencoded). */

const HEX = /%([0-9A-Fa-f]{2})/g

/**
 * The value of the first parameter with this name, decoded; undefined without one. One
 * character stands for one octet, as in fields, so that the same octets are the same key
 * wherever they came from. `query` is without its question mark.
 */
export function queryValue(query: string, name: string): string | undefined {
  let start = 0
  while (start < query.length) {
    const ampersand = query.indexOf('&', start)
    const end = ampersand < 0 ? query.length : ampersand
    const equals = query.indexOf('=', start)
    const nameEnd = equals < 0 || equals > end ? end : equals
    if (isNamed(query, start, nameEnd, name)) {
      return nameEnd === end ? '' : decoded(query.substring(nameEnd + 1, end))
    }
    start = end + 1
  }
  return undefined
}

function isNamed(query: string, start: number, end: number, name: string): boolean {
  if (end - start === name.length) return query.startsWith(name, start)
  // An encoded name is longer than what it stands for.
  return end - start > name.length && decoded(query.substring(start, end)) === name
}

/** A percent sign that begins no escape stands for itself. */
function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  return text
    .replaceAll('+', ' ')
    .replace(HEX, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
