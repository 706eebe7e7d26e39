/** A process whose only work is the console: signals end it, problems become one sentence. */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { startConsole, type ConsoleOptions } from './start-console.ts'

/** Runs the console for the whole life of this process and sets its exit code. */
export async function runConsoleProcess(
  options: Omit<ConsoleOptions, 'say' | 'signal'>
): Promise<void> {
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    process.exitCode = await startConsole({
      ...options,
      say: (line) => process.stdout.write(`${line}\n`),
      signal: stopping.signal
    })
  } catch (error) {
    if (!(error instanceof SwitchyardError)) throw error
    process.stderr.write(`${error.message} ${error.remedy}\n`)
    process.exitCode = 1
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
