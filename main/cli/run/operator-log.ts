/**
 * The log of `run` on standard error: one line per occurrence, for people or, with
 * `--log-format json`, one JSON object per line. Access logs are the engine's and go to
 * standard output, so the two never mix.
 */
import { stripVTControlCharacters } from 'node:util'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { Terminal } from '../terminal.ts'

export type LogLevel = 'info' | 'warning' | 'error'
export type LogFormat = 'text' | 'json'

export interface LogEntry {
  readonly level: LogLevel
  /** A sentence; may have further lines after the first. */
  readonly message: string
  /** Further members of the JSON form; people do not see them. */
  readonly details?: Readonly<Record<string, unknown>>
}

const COLOURS = { info: '', warning: '\u001b[33m', error: '\u001b[31m' } as const

export class OperatorLog {
  readonly #terminal: Terminal
  readonly #clock: Clock
  readonly #format: LogFormat

  constructor(terminal: Terminal, clock: Clock, format: LogFormat) {
    this.#terminal = terminal
    this.#clock = clock
    this.#format = format
  }

  /** Whether messages may carry colours of their own. */
  get isColoured(): boolean {
    return this.#format === 'text' && this.#terminal.isErrColoured
  }

  info(message: string, details?: LogEntry['details']): void {
    this.write({ level: 'info', message, ...(details && { details }) })
  }

  write({ level, message, details }: LogEntry): void {
    const at = new Date(this.#clock.wallNow()).toISOString()
    if (this.#format === 'json') {
      const plain = stripVTControlCharacters(message)
      this.#terminal.err(`${JSON.stringify({ at, level, message: plain, ...details })}\n`)
      return
    }
    const word = level.padEnd('warning'.length)
    const colour = this.isColoured ? COLOURS[level] : ''
    const shown = colour ? `${colour}${word}\u001b[0m` : word
    this.#terminal.err(`${at} ${shown} ${inOneBlock(message)}\n`)
  }
}

/** Further lines are indented, so that a line that begins with a time is always an entry. */
function inOneBlock(message: string): string {
  return message.replaceAll('\n', '\n    ')
}
