/** Holds `run` between its first load and its last: signals and the file watch drive it. */
import type { ReadConfig } from '../config-file.ts'
import type { ExitCode } from '../exit-code.ts'
import type { RunSession } from './run-session.ts'

/** Nothing else may keep the process alive while its engine is down and waits to be started. */
const KEEP_ALIVE_MS = 60 * 60 * 1000

export async function untilStopped(
  session: RunSession,
  config: ReadConfig,
  watch: () => { close(): void }
): Promise<ExitCode> {
  const { promise: stopped, resolve, reject } = Promise.withResolvers<ExitCode>()
  let isStopping = false
  const handlers = {
    SIGTERM: () => stop(),
    SIGINT: () => (isStopping ? session.cut() : stop()),
    SIGHUP: () => {
      session.reopenLogs()
      session.reload('signal').catch(reject)
    },
    SIGUSR2: () => session.reopenLogs()
  }
  function stop(): void {
    if (isStopping) return
    isStopping = true
    session.stop().then(resolve, reject)
  }
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS)
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler)
  let watcher: { close(): void } | null = null
  try {
    const failed = await session.start(config)
    if (failed !== null && !isStopping) return failed
    if (!isStopping) watcher = watch()
    return await stopped
  } finally {
    watcher?.close()
    clearInterval(keepAlive)
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler)
  }
}
