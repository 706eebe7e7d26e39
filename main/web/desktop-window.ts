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
  /** Aborting it ends the window's process, which lets requests that run finish. */
  readonly signal: AbortSignal
  /** Aborting it after that cuts them. */
  readonly impatience: AbortSignal
  /** Takes a line for the operator. */
  readonly say: (line: string) => void
  readonly clock?: Clock
}

/** A child that fails within this time never showed its window: a missing library, no sandbox. */
export const START_LIMIT_MS = 10_000

/** Resolves when the window's process has ended. Nothing is started when it is to end already. */
export async function runDesktopWindow(options: DesktopWindowOptions): Promise<WindowEnd> {
  const { binary, root, signal, impatience, say, clock = systemClock } = options
  if (signal.aborted) return { outcome: 'ended', exitCode: 0 }
  const startedAtMs = clock.now()
  const child = spawn(binary, [root], { stdio: ['ignore', 'inherit', 'inherit'] })
  // The second one means that what still runs shall be cut, there as here.
  const endings = [signal, impatience]
  const stop = (): void => void child.kill('SIGTERM')
  for (const ending of endings) ending.addEventListener('abort', stop, { once: true })
  const end = await new Promise<WindowEnd>((resolve) => {
    child.once('error', (error) =>
      resolve({ outcome: 'failed', reason: `Electron cannot be started (${error.message})` })
    )
    child.once('exit', (code, endedBy) => {
      const isEarly = clock.now() - startedAtMs < START_LIMIT_MS
      const isWanted = signal.aborted
      if (code !== 0 && isEarly && !isWanted) {
        const how = endedBy ?? `code ${code}`
        return resolve({ outcome: 'failed', reason: `Electron ended at once (${how})` })
      }
      if (endedBy !== null && !isWanted) say(killed(endedBy))
      resolve({ outcome: 'ended', exitCode: code ?? (isWanted ? 0 : 1) })
    })
  })
  for (const ending of endings) ending.removeEventListener('abort', stop)
  return end
}

/** Electron ends the processes that it has made together with its own. */
function killed(signal: NodeJS.Signals): string {
  return (
    `The desktop window was ended by ${signal}, and its engine with it: ` +
    'requests that ran were cut.'
  )
}
