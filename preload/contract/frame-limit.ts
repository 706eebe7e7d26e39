/** The limit of a frame, measured where frames become text or could. */
import { MAX_FRAME_BYTES } from './channel.ts'
import { closeReason } from './close-reason.ts'

const encoder = new TextEncoder()

/** Encodes only where the number of characters leaves it open. */
export function isTooLong(json: string): boolean {
  if (json.length > MAX_FRAME_BYTES) return true
  return json.length * 3 > MAX_FRAME_BYTES && encoder.encode(json).length > MAX_FRAME_BYTES
}

export const TOO_LONG_REASON = closeReason('FRAME_TOO_LARGE', 'A message was longer than 1 MB.')
