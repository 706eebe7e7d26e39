/**
 * Which words of the application's command line are a command of `switchyard`. The packaged
 * application is the same program as the command; without a command it opens the window.
 */

/** Answered without a window, although they begin with dashes as Chromium's switches do. */
const ANSWERED_OPTIONS: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-v'])

/**
 * The command and its words; empty = open the window. Switches before the command are Chromium's.
 * @param argv of the process, with the program first
 * @param isUnpackaged the second word is then the folder of the application
 */
export function commandWords(argv: readonly string[], isUnpackaged: boolean): readonly string[] {
  const given = argv.slice(1)
  const folderAt = isUnpackaged ? given.findIndex(isWord) : -1
  if (folderAt !== -1) given.splice(folderAt, 1)
  const at = given.findIndex((word) => isWord(word) || ANSWERED_OPTIONS.has(word))
  const words = at === -1 ? [] : given.slice(at)
  return isWindowWanted(words) ? [] : words
}

/** `switchyard console`, unless it says where else the console shall be shown. */
function isWindowWanted([command, ...options]: readonly string[]): boolean {
  if (command !== 'console') return false
  const [first, second, ...rest] = options
  if (first === undefined) return true
  const host = first === '--host' ? second : first.replace(/^--host=/, '')
  return host === 'electron' && rest.length === 0 && (first === '--host' || second === undefined)
}

function isWord(word: string): boolean {
  return !word.startsWith('-')
}
