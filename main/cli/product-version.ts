/** The version in package.json, which lies above this file both in the source and in a build. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const manifestSchema = z.object({ name: z.literal('switchyard'), version: z.string() })

export function productVersion(from = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) {
      const manifest = manifestSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
      if (manifest.success) return manifest.data.version
    }
    if (folder === dirname(folder)) throw new Error(`No package.json of Switchyard above ${from}.`)
  }
}
