/**
 * The built console page in memory, by request path. Only what was found in the folder at the
 * start can be asked for, so no spelling of a path leads out of it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

export interface PageFile {
  readonly body: Buffer<ArrayBuffer>
  readonly contentType: string
  /** Its name carries a hash of its content, so that a copy never goes stale. */
  readonly isImmutable: boolean
}

/** Keys are paths as a browser asks for them: `/`, `/assets/index-3f9c.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2'
}

/**
 * Reads every servable file of the folder; `index.html` answers `/`.
 * @throws SwitchyardError INSTALLATION_INCOMPLETE when the page was not built.
 */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>()
  for (const file of regularFiles(folder)) {
    const contentType = CONTENT_TYPES[extname(file)]
    if (contentType === undefined) continue
    const path = `/${relative(folder, file).split(sep).join('/')}`
    const body = readFileSync(file)
    const isImmutable = path.startsWith('/assets/')
    files.set(path === '/index.html' ? '/' : path, { body, contentType, isImmutable })
  }
  if (!files.has('/')) throw notBuilt(folder)
  return files
}

/** Symbolic links are left out: the page has none, and one could point anywhere. */
function regularFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    throw notBuilt(folder, error)
  }
}

function notBuilt(folder: string, cause?: unknown): SwitchyardError {
  return new SwitchyardError(
    'INSTALLATION_INCOMPLETE',
    `The console page is not in ${folder}; build it with \`npm run build\`.`,
    { folder },
    { cause }
  )
}
