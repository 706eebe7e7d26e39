/**
 * Errors that nobody expected, in Electron's main process: told and survived. The engine is
 * supervised here, and without a listener Electron puts a box in front of everything that waits.
 */

/** `say` takes lines for the log. Returns the end of it. */
export function surviveDefects(say: (line: string) => void): () => void {
  const onDefect = (error: unknown): void => {
    say(`Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
  // A terminal that is gone, a log pipe that breaks: what cannot be written is lost.
  const onLostLine = (): void => {}
  const streams = [process.stdout, process.stderr]
  for (const stream of streams) stream.on('error', onLostLine)
  process.on('uncaughtException', onDefect)
  process.on('unhandledRejection', onDefect)
  return () => {
    for (const stream of streams) stream.off('error', onLostLine)
    process.off('uncaughtException', onDefect)
    process.off('unhandledRejection', onDefect)
  }
}
