/** The moment under the pointer, shared by all charts of a screen. */
export class Crosshair {
  /** Wall-clock milliseconds; null while no chart is pointed at. */
  atMs = $state<number | null>(null)
}
