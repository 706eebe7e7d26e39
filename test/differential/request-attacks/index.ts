/** Every known pattern by which a request is smuggled past a proxy or split in it. */
import type { AttackFamily } from '../attack-case.ts'
import { chunkDataAttacks, chunkSizeAttacks } from './chunks.ts'
import { contentLengthAttacks } from './content-length.ts'
import { fieldAttacks, hostAttacks } from './fields.ts'
import { lineEndAttacks } from './line-ends.ts'
import { requestLineAttacks, targetAttacks } from './request-line.ts'
import { bothLengthAttacks, transferEncodingAttacks } from './transfer-encoding.ts'

export const REQUEST_ATTACKS: readonly AttackFamily[] = [
  bothLengthAttacks,
  transferEncodingAttacks,
  contentLengthAttacks,
  chunkSizeAttacks,
  chunkDataAttacks,
  lineEndAttacks,
  requestLineAttacks,
  targetAttacks,
  hostAttacks,
  fieldAttacks
]
