/** What an error of SQLite means for the file that it came from. */

/**
 * `damaged`: set the file aside. `busy`: another process has it. `statement`: this one statement
 * is wrong, the file is well. `unwritable`: the disk is full, read-only or failing.
 */
export type SqliteFailure = 'damaged' | 'busy' | 'statement' | 'unwritable'

/** Primary result codes, https://sqlite.org/rescode.html. */
const DAMAGED = [11, 26]
const BUSY = [5, 6]
const STATEMENT = [1, 18, 19, 20, 21, 25]

export function failureOf(error: unknown): SqliteFailure {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null
  if (code === null) return isArgumentError(error) ? 'statement' : 'unwritable'
  if (DAMAGED.includes(code)) return 'damaged'
  if (BUSY.includes(code)) return 'busy'
  return STATEMENT.includes(code) ? 'statement' : 'unwritable'
}

/** node:sqlite refuses values that it cannot bind before SQLite sees them. */
function isArgumentError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_ARG_TYPE'
}
