/**
 * Where a client's connection stands:
 *
 *   idle -> head -> body -> wait -> idle     one exchange after the other
 *                         wait -> tunnel     after 101
 *   any  -> closing                          FIN sent, input discarded until the client closes
 *
 * `wait` has the whole request and waits for the rest of the response.
 */
export const ClientPhase = {
  IDLE: 0,
  HEAD: 1,
  BODY: 2,
  WAIT: 3,
  TUNNEL: 4,
  CLOSING: 5,
  CLOSED: 6
} as const
