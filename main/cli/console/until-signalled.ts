/** Runs something for the life of this process, until a signal asks it to end. */
import type { Clock } from '../../../proxy-core/time/clock.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { OperatorLog } from '../run/operator-log.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * One wish to end can come as several signals: npm passes a Ctrl+C on that the terminal sent to its
 * whole group, and `when-exit`, which the settings file's writer brings along, raises a signal that
 * it has seen once more.
 */
const SAME_WISH_MS = 500

export interface Endings {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal
  /** Aborted by the second, unless that comes within half a second of the first. */
  readonly cut: AbortSignal
}

/**
 * A third signal leaves at once, and what runs in child processes ends by itself. Errors that
 * nobody expected are logged and survived: traffic does not depend on them.
 */
export async function untilSignalled(
  log: OperatorLog,
  clock: Clock,
  run: (endings: Endings) => Promise<ExitCode>
): Promise<ExitCode> {
  const stopping = new AbortController()
  const cutting = new AbortController()
  let lastWishMs = -Infinity
  const onSignal = (): void => {
    const isSameWish = clock.now() - lastWishMs < SAME_WISH_MS
    if (isSameWish) return
    lastWishMs = clock.now()
    if (cutting.signal.aborted) process.exit(EXIT.incomplete)
    if (stopping.signal.aborted) cutting.abort()
    stopping.abort()
  }
  const onDefect = (error: unknown): void => {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.write({ level: 'error', message: `Unexpected: ${words}`, details: { code: 'INTERNAL' } })
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  process.on('uncaughtException', onDefect)
  process.on('unhandledRejection', onDefect)
  try {
    return await run({ stop: stopping.signal, cut: cutting.signal })
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal)
    process.off('uncaughtException', onDefect)
    process.off('unhandledRejection', onDefect)
  }
}
