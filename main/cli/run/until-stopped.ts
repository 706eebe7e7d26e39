/** Holds `run` between its first load and its last: signals and the file watch drive it. */
import type { ReadConfig } from '../../config-file/config-file.ts'
import type { ExitCode } from '../exit-code.ts'
import type { RunSession } from './run-session.ts'

/** Nothing else may keep the process alive while its engine is down and waits to be started. */
const KEEP_ALIVE_MS = 60 * 60 * 1000

export interface RunSurroundings {
  /** Begins to watch the file; called once it runs. */
  watch(): { close(): void }
  /** An error that nobody expected. It is told and survived: traffic does not depend on it. */
  onDefect(error: unknown): void
}

export async function untilStopped(
  session: RunSession,
  config: ReadConfig,
  { watch, onDefect }: RunSurroundings
): Promise<ExitCode> {
  const { promise: stopped, resolve, reject } = Promise.withResolvers<ExitCode>()
  let isStopping = false
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    session.stop().then(resolve, reject)
  }
  const handlers = {
    SIGTERM: stop,
    SIGINT: () => (isStopping ? session.cut() : stop()),
    SIGHUP: () => {
      session.reopenLogs()
      void session.reload('signal')
    },
    SIGUSR2: () => session.reopenLogs(),
    uncaughtException: onDefect,
    unhandledRejection: onDefect
  }
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS)
  for (const [occasion, handler] of Object.entries(handlers)) process.on(occasion, handler)
  let watcher: { close(): void } | null = null
  try {
    const failed = await session.start(config)
    if (failed !== null && !isStopping) return failed
    if (!isStopping) {
      watcher = watch()
      // What changed between the first reading and now was watched by nobody.
      void session.reload('file')
    }
    return await stopped
  } finally {
    watcher?.close()
    clearInterval(keepAlive)
    for (const [occasion, handler] of Object.entries(handlers)) process.off(occasion, handler)
  }
}
