/** A terminal that keeps what is written to it. */
import type { Terminal } from '../terminal.ts'

export class CapturedTerminal implements Terminal {
  readonly isOutColoured = false
  readonly isErrColoured = false
  readonly environment: Readonly<Record<string, string | undefined>>
  stdout = ''
  stderr = ''

  constructor(environment: Readonly<Record<string, string | undefined>> = {}) {
    this.environment = environment
  }

  out(text: string): void {
    this.stdout += text
  }

  err(text: string): void {
    this.stderr += text
  }
}
