/**
 * A payload that is longer than a frame may be, in pieces that each fit into one: the states of
 * some thousand backends are, and a page that got nothing of them would go on showing older ones.
 */
import { MAX_FRAME_BYTES } from '../../preload/contract/channel.ts'
import type { FromHost } from '../../preload/contract/envelope.ts'

/** Of JSON text: escaped once more, a character has at most six octets. */
const PART_CHARACTERS = MAX_FRAME_BYTES / 8

/** Some five thousand backends; a channel gives a page up that leaves 8 MB unread. */
export const MAX_PAYLOAD_CHARACTERS = 4 * MAX_FRAME_BYTES

/** The frames of payload number `seq` of subscription `id`; null when it is too long for any. */
export function partsOf(id: number, seq: number, payload: unknown): readonly FromHost[] | null {
  const json = JSON.stringify(payload)
  if (json.length > MAX_PAYLOAD_CHARACTERS) return null
  const frames: FromHost[] = []
  for (let from = 0; from < json.length; from += PART_CHARACTERS) {
    const to = from + PART_CHARACTERS
    frames.push({ t: 'part', id, seq, text: json.slice(from, to), isLast: to >= json.length })
  }
  return frames
}
