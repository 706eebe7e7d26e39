/** Runs the desktop window as a child process and tells whether it came up. */
import { spawn } from 'node:child_process'
import { systemClock, type Clock } from '../../proxy-core/time/clock.ts'

export type WindowEnd =
  | { readonly outcome: 'ended'; readonly exitCode: number }
  /** It died so soon that no window can have been of use; `reason` is half a sentence. */
  | { readonly outcome: 'failed'; readonly reason: string }

export interface DesktopWindowOptions {
  readonly binary: string
  /** The folder whose package.json names the application. */
  readonly root: string
  readonly signal: AbortSignal
  readonly clock?: Clock
}

/** A child that fails within this time never showed its window: a missing library, no sandbox. */
export const START_LIMIT_MS = 10_000

/** Resolves when the window's process has ended; aborting the signal ends it. */
export async function runDesktopWindow(options: DesktopWindowOptions): Promise<WindowEnd> {
  const clock = options.clock ?? systemClock
  const startedAtMs = clock.now()
  const child = spawn(options.binary, [options.root], { stdio: ['ignore', 'inherit', 'inherit'] })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  options.signal.addEventListener('abort', stop, { once: true })
  const end = await new Promise<WindowEnd>((resolve) => {
    child.once('error', (error) =>
      resolve({ outcome: 'failed', reason: `Electron cannot be started (${error.message})` })
    )
    child.once('exit', (code, signal) => {
      const isEarly = clock.now() - startedAtMs < START_LIMIT_MS
      const hasFailed = code !== 0 && isEarly && !options.signal.aborted
      resolve(
        hasFailed
          ? { outcome: 'failed', reason: `Electron ended at once (${signal ?? `code ${code}`})` }
          : { outcome: 'ended', exitCode: code ?? 0 }
      )
    })
  })
  options.signal.removeEventListener('abort', stop)
  return end
}
