/** Whoever gets such a status expects the next answer right behind the head (RFC 9110 section 15). */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
