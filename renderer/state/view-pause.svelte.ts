/** The operator's "hold still" (Space): what is shown stands, collecting goes on. */
export class ViewPause {
  /** Wall-clock milliseconds at which the view was paused; null while it moves. */
  sinceMs = $state<number | null>(null)

  get isPaused(): boolean {
    return this.sinceMs !== null
  }

  pause(nowMs: number): void {
    this.sinceMs ??= nowMs
  }

  resume(): void {
    this.sinceMs = null
  }

  toggle(nowMs: number): void {
    if (this.isPaused) this.resume()
    else this.pause(nowMs)
  }
}
