/** Octet classes of RFC 9110 section 5.6.2 and RFC 9112, as tables indexed by octet. */

export const HTAB = 0x09
export const LF = 0x0a
export const CR = 0x0d
export const SP = 0x20
export const HASH = 0x23
export const COMMA = 0x2c
export const SLASH = 0x2f
export const COLON = 0x3a
export const SEMICOLON = 0x3b
export const ASTERISK = 0x2a

const SEPARATORS = '"(),/:;<=>?@[\\]{}'

/** tchar: what methods and field names consist of. */
export const IS_TOKEN: Uint8Array = table(
  (octet) => octet > 0x20 && octet < 0x7f && !SEPARATORS.includes(String.fromCharCode(octet))
)

/** field-content and the white space inside it: HTAB, SP, VCHAR, obs-text. No other control. */
export const IS_FIELD_VALUE: Uint8Array = table(
  (octet) => octet === HTAB || (octet >= 0x20 && octet !== 0x7f)
)

/**
 * Octets of a request target. Stricter than nginx, as HAProxy by default: visible ASCII only,
 * and no fragment, on which servers disagree.
 */
export const IS_TARGET: Uint8Array = table(
  (octet) => octet > 0x20 && octet < 0x7f && octet !== HASH
)

/** reg-name of RFC 3986 section 3.2.2, which covers IPv4 addresses too; the comma is left out. */
export const IS_REG_NAME: Uint8Array = table((octet) =>
  /[A-Za-z0-9\-._~!$&'()*+;=%]/.test(String.fromCharCode(octet))
)

/** Value of a hexadecimal digit, or 255. */
export const HEX_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(octet).toLowerCase())
  return digit < 0 ? 255 : digit
})

function table(isMember: (octet: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (isMember(octet) ? 1 : 0))
}
