/** Where lines go, behind the three calls that a log needs, so that tests can be a slow disk. */
import { closeSync, constants, openSync, write } from 'node:fs'
import { SwitchyardError } from '../model/error-catalogue.ts'

export interface LogDestination {
  /** For messages: the path, or "standard output". */
  readonly name: string
  /** A descriptor that appends. Throws ACCESS_LOG_UNWRITABLE. */
  open(): number
  /** May write less than asked. `done` is called later, never within the call. */
  write(
    descriptor: number,
    bytes: Uint8Array,
    offset: number,
    done: (error: NodeJS.ErrnoException | null, written: number) => void
  ): void
  close(descriptor: number): void
}

const STANDARD_OUTPUT = 1
/** Lines hold addresses and query strings: nobody else on the machine reads them. */
const FILE_MODE = 0o640
/** Non-blocking: opening a FIFO that nobody reads must fail and not stop the engine. */
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0)

/** `file` null: standard output, which is never closed and not affected by rotation. */
export function logDestination(file: string | null): LogDestination {
  return {
    name: file ?? 'standard output',
    open: () => (file === null ? STANDARD_OUTPUT : openFile(file)),
    write: (descriptor, bytes, offset, done) =>
      write(descriptor, bytes, offset, bytes.length - offset, null, done),
    close: (descriptor) => {
      if (descriptor !== STANDARD_OUTPUT) closeSync(descriptor)
    }
  }
}

function openFile(file: string): number {
  try {
    return openSync(file, FLAGS, FILE_MODE)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SwitchyardError(
      'ACCESS_LOG_UNWRITABLE',
      `The access log ${file} cannot be opened: ${reason}.`,
      { file },
      { cause: error }
    )
  }
}
