/**
 * Where the parts of this installation lie. The same code runs from source, from a chunk in
 * `out/main` and from inside a packaged application, so it looks for the package's own
 * `package.json` instead of counting folders.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

export interface InstallLayout {
  readonly root: string
  readonly version: string
  /** The built console page. */
  readonly rendererFolder: string
  readonly preloadFile: string
  readonly iconFile: string
}

const manifestSchema = z.object({ name: z.string(), version: z.string() })

/**
 * The installation around `from`.
 * @throws SwitchyardError INSTALLATION_INCOMPLETE when no folder above it is Switchyard's.
 */
export function findInstall(from: string = import.meta.dirname): InstallLayout {
  for (let folder = from; ; folder = dirname(folder)) {
    const version = versionOf(join(folder, 'package.json'))
    if (version !== null) return layoutOf(folder, version)
    if (dirname(folder) === folder) break
  }
  throw new SwitchyardError(
    'INSTALLATION_INCOMPLETE',
    `No folder above ${from} holds Switchyard's package.json.`
  )
}

function versionOf(manifestFile: string): string | null {
  if (!existsSync(manifestFile)) return null
  const manifest = manifestSchema.safeParse(JSON.parse(readFileSync(manifestFile, 'utf8')))
  return manifest.success && manifest.data.name === 'switchyard' ? manifest.data.version : null
}

function layoutOf(root: string, version: string): InstallLayout {
  return {
    root,
    version,
    rendererFolder: join(root, 'out/renderer'),
    preloadFile: join(root, 'out/preload/index.cjs'),
    iconFile: join(root, 'resources/icons/switchyard-256.png')
  }
}
