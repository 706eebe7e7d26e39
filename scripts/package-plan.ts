/**
 * What `npm run package` asks of electron-builder. A deb and an rpm name the homepage and the
 * maintainer of the software, and this repository has none of its own: who packages, names them.
 */

/** A page on the web. */
const HOMEPAGE = 'SWITCHYARD_HOMEPAGE'
/** `Name <address>`. */
const MAINTAINER = 'SWITCHYARD_MAINTAINER'

const NAMING: readonly string[] = ['deb', 'rpm']
/** For the systems of electron-builder.yml, when nothing else is asked for. */
const USUAL: readonly string[] = ['AppImage', ...NAMING]

export type PackagePlan =
  | {
      readonly isPossible: true
      readonly words: readonly string[]
      /** A sentence on what is left out; null: nothing is. */
      readonly note: string | null
    }
  /** `reason` is a sentence. */
  | { readonly isPossible: false; readonly reason: string }

/** `words` are the operator's, for electron-builder. */
export function planPackage(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  platform: string
): PackagePlan {
  const targets = linuxTargets(words, platform)
  const naming = (targets ?? USUAL).filter((one) => NAMING.includes(one.toLowerCase()))
  if (naming.length === 0 || isNamed(words)) return { isPossible: true, words, note: null }
  const given = namesIn(environment)
  if (given !== null) return { isPossible: true, words: [...words, ...given], note: null }
  if (targets !== null)
    return { isPossible: false, reason: `${explanation()} Or use --linux AppImage.` }
  const others = words.filter((word) => word !== '--linux' && word !== '-l')
  const note = `Only an AppImage is made. ${explanation()}`
  return { isPossible: true, words: ['--linux', 'AppImage', ...others], note }
}

function explanation(): string {
  return (
    'A deb and an rpm name a homepage and a maintainer, and this repository has none: ' +
    `set ${HOMEPAGE} to a URL and ${MAINTAINER} to "Name <address>".`
  )
}

/** null: those of electron-builder.yml. Empty: nothing is made for Linux. */
function linuxTargets(words: readonly string[], platform: string): readonly string[] | null {
  if (words.includes('--dir')) return []
  const at = words.findIndex((word) => /^(--linux|-l)(=|$)/.test(word))
  if (at === -1) {
    const isForOthers = words.some((word) => /^(--(mac|macos|win|windows)|-[mow])(=|$)/.test(word))
    return platform === 'linux' && !isForOthers ? null : []
  }
  const rest = words.slice(at + 1)
  const end = rest.findIndex((word) => word.startsWith('-'))
  const following = end === -1 ? rest : rest.slice(0, end)
  const named = [words[at]!.split('=')[1] ?? '', ...following].filter((word) => word !== '')
  return named.length === 0 ? null : named
}

/** In electron-builder's own words. */
function isNamed(words: readonly string[]): boolean {
  const isGiven = (key: string): boolean =>
    words.some((word) => word.startsWith(`-c.${key}=`) || word.startsWith(`--config.${key}=`))
  return isGiven('extraMetadata.homepage') && isGiven('linux.maintainer')
}

/** null: one of them is missing or is none. */
function namesIn(
  environment: Readonly<Record<string, string | undefined>>
): readonly string[] | null {
  const homepage = environment[HOMEPAGE] ?? ''
  const maintainer = environment[MAINTAINER] ?? ''
  if (!/^https?:$/.test(URL.parse(homepage)?.protocol ?? '')) return null
  if (!/^.+ <[^@<>\s]+@[^@<>\s]+>$/.test(maintainer)) return null
  return [`-c.extraMetadata.homepage=${homepage}`, `-c.linux.maintainer=${maintainer}`]
}
