/** Everything that a command takes from and gives to its surroundings, so that tests can too. */
import { isatty } from 'node:tty'
import type { LaunchEngine } from '../engine-host/engine-child.ts'
import { openKeyboard, type Keyboard } from './keyboard.ts'

export interface Terminal {
  /** Results: what another program may read. */
  out(text: string): void
  /** The log and everything meant for people only. */
  err(text: string): void
  /** Whether the standard output may carry colours. */
  readonly isOutColoured: boolean
  /** Whether the standard error may carry colours. */
  readonly isErrColoured: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Asks whoever sits there; absent where nobody does. The caller closes it. */
  readonly openKeyboard?: () => Keyboard
  /** How an engine process is made here; default: a fork of Node. */
  readonly launchEngine?: LaunchEngine
}

/** The process's own. https://no-color.org is heeded. */
export function processTerminal(): Terminal {
  // A log pipe that breaks must never take traffic down: what cannot be written is lost.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isOutColoured: process.stdout.isTTY && !process.env.NO_COLOR,
    isErrColoured: process.stderr.isTTY && !process.env.NO_COLOR,
    environment: process.env,
    // File descriptors are asked: `process.stdin` would open what most commands never read.
    ...(isatty(0) && isatty(1) ? { openKeyboard } : {})
  }
}
