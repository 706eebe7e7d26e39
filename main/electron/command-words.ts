/**
 * Which words of the application's command line are a command of `switchyard`. The packaged
 * application is the same program as the command; without a command it opens the window.
 */
import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

/** Answered without a window, although they begin with dashes as Chromium's switches do. */
const ANSWERED_OPTIONS: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-v'])

/**
 * The command and its words; empty = open the window. Switches before the command are Chromium's.
 * @param argv of the process, with the program first
 * @param isUnpackaged the second word is then the folder of the application
 */
export function commandWords(argv: readonly string[], isUnpackaged: boolean): readonly string[] {
  const given = argv.slice(1)
  const firstAt = given.findIndex(isWord)
  if (firstAt !== -1 && (isUnpackaged || isFolder(given[firstAt]!))) given.splice(firstAt, 1)
  const at = given.findIndex((word) => isWord(word) || ANSWERED_OPTIONS.has(word))
  const words = at === -1 ? [] : given.slice(at)
  return isWindowWanted(words) ? [] : words
}

/**
 * `words`, for a command line that runs inside the application: a console that names no host is one
 * for the browser here, because its window is this application without a command.
 */
export function forwardedWords(words: readonly string[]): readonly string[] {
  const [command, ...options] = words
  const isElsewhere = options.some((word) => /^--(host(=.*)?|url|help)$|^-h$/.test(word))
  return command === 'console' && !isElsewhere ? [...words, '--host', 'web'] : words
}

/**
 * `switchyard console`, unless it says where else the console shall be shown. A port is a wish for
 * the browser's console, but not next to a wish for the window; whether a browser is opened says
 * nothing about it.
 */
function isWindowWanted([command, ...options]: readonly string[]): boolean {
  if (command !== 'console') return false
  const wishes = options.filter((word) => word !== '--no-open').join(' ')
  if (wishes === '') return true
  return /^(--port[= ]\S+ )?--host[= ]electron( --port[= ]\S+)?$/.test(wishes)
}

/**
 * `electron FOLDER` is how an unpackaged application is started. Whoever names the packaged one in
 * ELECTRON_EXEC_PATH starts it in the same way, and no command is the path of a folder.
 */
function isFolder(word: string): boolean {
  return isAbsolute(word) && statSync(word, { throwIfNoEntry: false })?.isDirectory() === true
}

function isWord(word: string): boolean {
  return !word.startsWith('-')
}
