/** A signal quits the desktop without a question; a later one cuts what still runs. */
import { app } from 'electron'
import type { Clock } from '../../proxy-core/time/clock.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The settings file's writer raises a signal that it has seen once more. */
const SAME_WISH_MS = 500

export function quitOnSignals(desktop: { quitNow(): void }, clock: Clock): void {
  let lastMs = -Infinity
  const onSignal = (): void => {
    if (clock.now() - lastMs < SAME_WISH_MS) return
    lastMs = clock.now()
    desktop.quitNow()
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  app.on('quit', () => {
    for (const name of SIGNALS) process.off(name, onSignal)
  })
}
