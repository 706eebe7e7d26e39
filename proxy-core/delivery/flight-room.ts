/** How many octets of requests that are being delivered may be in memory at one time, over all routes. */

export const MAX_FLIGHT_BYTES = 32 * 1024 * 1024

export class FlightRoom {
  #usedBytes = 0

  /** A longer one than all of it flies alone. */
  has(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= MAX_FLIGHT_BYTES
  }

  take(bytes: number): void {
    this.#usedBytes += bytes
  }

  giveBack(bytes: number): void {
    this.#usedBytes -= bytes
  }
}
