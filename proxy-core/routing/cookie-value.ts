/** One cookie of a Cookie field (RFC 6265 section 4.2). */

const SPACE = 0x20
const TAB = 0x09

/**
 * The value of the first cookie with this name, as sent; undefined without one. Names are
 * compared with case. A field that is not well-formed is read as far as it makes sense, because
 * browsers and applications send what RFC 6265 does not allow.
 */
export function cookieValue(field: string, name: string): string | undefined {
  let start = 0
  while (start < field.length) {
    const semicolon = field.indexOf(';', start)
    const end = semicolon < 0 ? field.length : semicolon
    while (start < end && isBlank(field.charCodeAt(start))) start++
    const nameEnd = start + name.length
    if (nameEnd < end && field.charAt(nameEnd) === '=' && field.startsWith(name, start)) {
      let valueEnd = end
      while (valueEnd > nameEnd + 1 && isBlank(field.charCodeAt(valueEnd - 1))) valueEnd--
      return field.substring(nameEnd + 1, valueEnd)
    }
    start = end + 1
  }
  return undefined
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
