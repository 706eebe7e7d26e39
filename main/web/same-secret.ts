import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares digests, so that neither content nor length of the known one shows in the time. */
export function isSameSecret(given: string, known: string): boolean {
  return timingSafeEqual(digest(given), digest(known))
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
