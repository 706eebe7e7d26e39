/** What an import has to say, for people and for machines. */
import { formatProblems } from '../../proxy-core/config/format-problems.ts'
import type { ConfigProblem } from '../../proxy-core/model/config-problem.ts'
import type { ImportEntry, Importer, ImportSource } from './importer.ts'

export interface ImportReport {
  readonly file: string
  /** Id of the importer. */
  readonly from: string
  /** Whether a configuration came out. */
  readonly isTranslated: boolean
  readonly problems: readonly ConfigProblem[]
  readonly summary: { readonly translated: number; readonly left: number }
  /** One for each key of the file, in its order. */
  readonly entries: readonly ImportEntry[]
  /** The configuration; null where there is none. */
  readonly yaml: string | null
  /** The file that it was written to; null: to nowhere. */
  readonly output: string | null
}

export interface ReportStyle {
  readonly isColoured: boolean
}

const YELLOW = '33'
const BOLD = '1'

export function countOfLeft(entries: readonly ImportEntry[]): number {
  return entries.filter(isLeft).length
}

/** Ends with a newline. First what was left, then what is different now, then the sum. */
export function reportText(
  { title }: Importer,
  source: ImportSource,
  entries: readonly ImportEntry[],
  { isColoured }: ReportStyle
): string {
  const paint = (text: string, style: string): string =>
    isColoured ? `\u001b[${style}m${text}\u001b[0m` : text
  const left = entries.filter((entry) => isLeft(entry) && entry.belongsToLine === null)
  const changed = entries.filter((entry) => !isLeft(entry) && hasRemark(entry))
  const blocksOf = (some: readonly ImportEntry[], label: string): readonly string[] =>
    groupsOf(some, entries).map(({ members, why, origin, instead }) => {
      const places = members.map(
        ({ line, column, path, value }) =>
          `${paint(`${source.file}:${line}:${column}`, BOLD)}: ${path} = ${value}`
      )
      const remarks = remarkLines([
        [label, why],
        [title, origin],
        ['do', instead]
      ])
      return [...places, ...remarks].join('\n')
    })
  return `${[
    ...(left.length > 0 ? [paint('Left, because it has no counterpart:', YELLOW)] : []),
    ...blocksOf(left, 'why'),
    ...(changed.length > 0 ? [paint('Translated, and not the same as before:', YELLOW)] : []),
    ...blocksOf(changed, 'now'),
    sumOf(source.file, entries)
  ].join('\n\n')}\n`
}

/** Of a text that cannot be translated at all. Ends with a newline. */
export function refusalText(
  { text }: ImportSource,
  problems: readonly ConfigProblem[],
  { isColoured }: ReportStyle
): string {
  return `${formatProblems(problems, { colour: isColoured, source: text })}\n`
}

interface Group {
  readonly members: readonly ImportEntry[]
  readonly why: string
  readonly origin: string
  readonly instead: string
}

/** What is said of several lines in the same words is said once. */
function groupsOf(some: readonly ImportEntry[], all: readonly ImportEntry[]): readonly Group[] {
  const said = some.map((entry) => ({
    entry,
    why: `${entry.why ?? ''}${companionsOf(entry, all)}`,
    origin: entry.origin ?? '',
    instead: entry.instead ?? ''
  }))
  const groups = Map.groupBy(said, ({ why, origin, instead }) =>
    JSON.stringify([why, origin, instead])
  )
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    members: group.map((one) => one.entry)
  }))
}

function remarkLines(
  remarks: readonly (readonly [label: string, text: string])[]
): readonly string[] {
  const width = Math.max(...remarks.map(([label]) => label.length))
  return remarks.flatMap(([label, text]) =>
    text === '' ? [] : [`  ${label.padEnd(width)}  ${text}`]
  )
}

/** The lines that were left for the same reason. */
function companionsOf({ line }: ImportEntry, entries: readonly ImportEntry[]): string {
  const lines = entries.filter(({ belongsToLine }) => belongsToLine === line).map((one) => one.line)
  const others = [...new Set(lines)].filter((one) => one !== line)
  if (others.length === 0) return ''
  return ` With it: line${others.length === 1 ? '' : 's'} ${others.join(', ')}.`
}

function sumOf(file: string, entries: readonly ImportEntry[]): string {
  const left = countOfLeft(entries)
  const translated = entries.length - left
  if (left === 0) return `${file}: ${counted(translated)} translated, none left.`
  return `${file}: ${counted(translated)} translated, ${left} left.`
}

function counted(count: number): string {
  return `${count} key${count === 1 ? '' : 's'}`
}

function isLeft({ became }: ImportEntry): boolean {
  return became === null
}

function hasRemark({ why, origin, instead }: ImportEntry): boolean {
  return why !== null || origin !== null || instead !== null
}
