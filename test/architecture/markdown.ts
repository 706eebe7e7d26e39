/** The parts of a Markdown file that can be wrong: its links, its headings, its code blocks. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

export interface CodeBlock {
  /** The word after the fence, or ''. */
  readonly language: string
  readonly text: string
  /** The last heading before it. */
  readonly heading: string
}

export interface Link {
  /** As written. */
  readonly target: string
  readonly line: number
}

/** Paths from the root, of every Markdown file that is ours. */
export function markdownFiles(): readonly string[] {
  const inFolders = ['docs', 'resources', 'proxy-core', 'main', 'preload', 'renderer', 'test']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  return [...readdirSync(ROOT), ...inFolders].filter((path) => path.endsWith('.md'))
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

export function codeBlocks(text: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  let heading = ''
  const parts = /^#+ (.+)$|^```(\w*)\n([^]*?)^```$/gm
  for (const [, title, language, code] of text.matchAll(parts)) {
    if (code === undefined) heading = title ?? ''
    else blocks.push({ language: language ?? '', text: code, heading })
  }
  return blocks
}

/** Links and images outside code, to other files or to headings. */
export function localLinks(text: string): readonly Link[] {
  return withoutCode(text)
    .split('\n')
    .flatMap((content, index) =>
      [...content.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({
        target: target!,
        line: index + 1
      }))
    )
    .filter(({ target }) => !/^[a-z]+:/.test(target))
}

/** The anchors that GitHub makes of the headings. */
export function anchors(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [, heading] of withoutFences(text).matchAll(/^#+ (.+)$/gm)) {
    const slug = slugOf(heading!)
    let anchor = slug
    for (let copy = 1; found.has(anchor); copy++) anchor = `${slug}-${copy}`
    found.add(anchor)
  }
  return found
}

/** What stands in single back-quotes, outside code blocks. */
export function codeSpans(text: string): readonly string[] {
  return [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
}

/** The cells of every table row whose first cell is not a heading or a rule. */
export function tableRows(text: string, heading: string): readonly (readonly string[])[] {
  const start = text.indexOf(`\n${heading}\n`)
  if (start < 0) throw new Error(`There is no heading "${heading}".`)
  const next = text.slice(start + heading.length + 2).search(/^#/m)
  const section =
    next < 0 ? text.slice(start) : text.slice(start, start + heading.length + 2 + next)
  return section
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-\s|:]+$/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
    .slice(1)
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')
}

/** Line numbers stay what they were. */
function withoutFences(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''))
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/`[^`\n]+`/g, '')
}
