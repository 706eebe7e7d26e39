/**
 * Closes log injection: what a client sends can neither end a field nor a line, nor reach
 * a terminal as a control sequence. Every line is plain ASCII afterwards, so one
 * character is one byte. Strings from the wire hold one byte per character.
 */

const UNSAFE_IN_QUOTES = /[^ !#-[\]-~]/
const UNSAFE_IN_TOKEN = /[^!#-[\]-~]/
const NOT_ASCII = /[\x7f-\uffff]/g

/**
 * nginx's rule for combined fields: the quote, the backslash and every byte outside
 * printable ASCII become `\xHH`.
 */
export function escapeQuoted(text: string): string {
  return UNSAFE_IN_QUOTES.test(text) ? hexEscaped(text, UNSAFE_IN_QUOTES) : text
}

/** For a field without quotes around it: a blank would begin the next field. */
export function escapeToken(text: string): string {
  return UNSAFE_IN_TOKEN.test(text) ? hexEscaped(text, UNSAFE_IN_TOKEN) : text
}

/** A JSON string in ASCII; a byte over 0x7e becomes `\u00HH`, so no byte is lost. */
export function jsonString(text: string): string {
  return UNSAFE_IN_QUOTES.test(text) ? jsonEscaped(text) : `"${text}"`
}

function hexEscaped(text: string, unsafe: RegExp): string {
  let escaped = ''
  for (const character of text) {
    escaped += unsafe.test(character) ? hexBytes(character) : character
  }
  return escaped
}

/** A name from the configuration may hold more than a byte: it goes out as its UTF-8 bytes. */
function hexBytes(character: string): string {
  const code = character.charCodeAt(0)
  const bytes = code < 0x100 ? [code] : [...Buffer.from(character, 'utf8')]
  return bytes.map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).replace(
    NOT_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}
