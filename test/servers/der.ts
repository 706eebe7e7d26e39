/** The few DER encodings (ITU-T X.690) that a certificate needs. */

function encode(tag: number, content: Buffer): Buffer {
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const digits = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content])
}

export const sequence = (...items: Buffer[]): Buffer => encode(0x30, Buffer.concat(items))
export const set = (...items: Buffer[]): Buffer => encode(0x31, Buffer.concat(items))
/** Big-endian, positive: the first byte must be below 0x80. */
export const integer = (bytes: Buffer): Buffer => encode(0x02, bytes)
export const boolean = (value: boolean): Buffer => encode(0x01, Buffer.from([value ? 0xff : 0]))
export const octetString = (bytes: Buffer): Buffer => encode(0x04, bytes)
export const bitString = (bytes: Buffer): Buffer =>
  encode(0x03, Buffer.concat([Buffer.from([0]), bytes]))
export const utf8 = (text: string): Buffer => encode(0x0c, Buffer.from(text, 'utf8'))
export const explicit = (tag: number, item: Buffer): Buffer => encode(0xa0 | tag, item)
export const implicit = (tag: number, bytes: Buffer): Buffer => encode(0x80 | tag, bytes)

/** GeneralizedTime, whole seconds. */
export function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return encode(0x18, Buffer.from(`${text}Z`, 'latin1'))
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}
