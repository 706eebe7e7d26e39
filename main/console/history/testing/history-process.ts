/** Starts and kills other consoles that hold the history of a folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Resolves when it holds the file and has written; `kill` ends it without a stop. */
export async function otherConsole(
  folder: string,
  engineDirectory = ''
): Promise<{ kill(): Promise<void> }> {
  const script = join(import.meta.dirname, 'held-history.ts')
  const child = spawn(process.execPath, [script, folder, engineDirectory], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { kill }
}
