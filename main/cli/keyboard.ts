/** A person at a terminal who can be asked, line by line. */
import { createInterface } from 'node:readline'

export interface Keyboard {
  /** What is typed, without the end of the line; null after Ctrl+C, Ctrl+D or the end of input. */
  ask(prompt: string): Promise<string | null>
  /** Gives the terminal back. Idempotent. */
  close(): void
}

/**
 * The process's own. Lines that come faster than they are asked for, such as pasted ones, wait for
 * their question.
 */
export function openKeyboard(): Keyboard {
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: true })
  const typed: string[] = []
  let hasEnded = false
  let waiting: ((line: string | null) => void) | null = null
  const give = (line: string | null): void => {
    const take = waiting
    waiting = null
    if (take !== null) take(line)
    else if (line !== null) typed.push(line)
  }
  lines.on('line', give)
  lines.on('SIGINT', () => lines.close())
  lines.on('close', () => {
    hasEnded = true
    give(null)
  })
  return {
    ask(prompt) {
      const line = typed.shift()
      if (line !== undefined || hasEnded) return Promise.resolve(line ?? null)
      lines.setPrompt(prompt)
      lines.prompt()
      return new Promise((resolve) => (waiting = resolve))
    },
    close: () => lines.close()
  }
}
