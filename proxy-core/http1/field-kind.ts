/**
 * The fields that a proxy must understand. Everything else is `OTHER` and passes through.
 * Recognition compares octets in place: names are never turned into strings for it.
 */

/** Codes are small integers because they live in a typed array beside the field's offsets. */
export const FieldKind = {
  OTHER: 0,
  HOST: 1,
  CONNECTION: 2,
  CONTENT_LENGTH: 3,
  TRANSFER_ENCODING: 4,
  EXPECT: 5,
  UPGRADE: 6,
  /** Keep-Alive, Proxy-Connection, TE: for this hop only, always dropped. */
  HOP_BY_HOP: 7,
  /** Named by the Connection field, therefore for this hop only. */
  NOMINATED: 8,
  X_FORWARDED_FOR: 9,
  X_FORWARDED_PROTO: 10,
  X_FORWARDED_HOST: 11,
  X_REAL_IP: 12,
  FORWARDED: 13,
  VIA: 14,
  USER_AGENT: 15,
  REFERER: 16
} as const

const KNOWN: ReadonlyArray<readonly [name: string, kind: number]> = [
  ['host', FieldKind.HOST],
  ['connection', FieldKind.CONNECTION],
  ['content-length', FieldKind.CONTENT_LENGTH],
  ['transfer-encoding', FieldKind.TRANSFER_ENCODING],
  ['expect', FieldKind.EXPECT],
  ['upgrade', FieldKind.UPGRADE],
  ['keep-alive', FieldKind.HOP_BY_HOP],
  ['proxy-connection', FieldKind.HOP_BY_HOP],
  ['te', FieldKind.HOP_BY_HOP],
  ['x-forwarded-for', FieldKind.X_FORWARDED_FOR],
  ['x-forwarded-proto', FieldKind.X_FORWARDED_PROTO],
  ['x-forwarded-host', FieldKind.X_FORWARDED_HOST],
  ['x-real-ip', FieldKind.X_REAL_IP],
  ['forwarded', FieldKind.FORWARDED],
  ['via', FieldKind.VIA],
  ['user-agent', FieldKind.USER_AGENT],
  ['referer', FieldKind.REFERER]
]

interface KnownName {
  readonly octets: Uint8Array
  readonly kind: number
}

/** Candidates by length; no length has more than three. */
const BY_LENGTH: ReadonlyArray<readonly KnownName[] | undefined> = Array.from(
  { length: 18 },
  (_, length) => {
    const names = KNOWN.filter(([name]) => name.length === length)
    return names.length === 0
      ? undefined
      : names.map(([name, kind]) => ({ octets: Buffer.from(name), kind }))
  }
)

/** The kind of the field whose name stands in `bytes[start, end)`, without regard to case. */
export function fieldKindOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  const candidates = length < 18 ? BY_LENGTH[length] : undefined
  if (candidates === undefined) return FieldKind.OTHER
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index]!
    if (isName(bytes, start, candidate.octets)) return candidate.kind
  }
  return FieldKind.OTHER
}

/**
 * Whether the octets from `start` spell `lowerCase`. `| 0x20` folds letters and leaves "-" and
 * digits alone; no other token octet folds onto one of those.
 */
export function isName(bytes: Uint8Array, start: number, lowerCase: Uint8Array): boolean {
  for (let index = 0; index < lowerCase.length; index++) {
    if ((bytes[start + index]! | 0x20) !== lowerCase[index]) return false
  }
  return true
}
