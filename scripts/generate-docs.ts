/**
 * Writes everything that is generated from the schema and the catalogues. With `--check`
 * nothing is written, and the exit code is 1 when a file is not what would be written.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, type Options } from 'prettier'
import { errorReference } from './reference/error-reference.ts'
import { jsonSchema } from './reference/json-schema.ts'
import { openApi } from './reference/openapi.ts'
import { notificationSchema } from './reference/notification-schema.ts'
import { optionReference } from './reference/option-reference.ts'

const ROOT = join(import.meta.dirname, '..')

const GENERATED: readonly (readonly [path: string, content: () => string])[] = [
  ['resources/switchyard.schema.json', jsonSchema],
  ['resources/openapi.json', openApi],
  ['resources/notification.schema.json', notificationSchema],
  ['docs/reference/configuration.md', optionReference],
  ['docs/reference/errors.md', errorReference]
]

/** Path from the root → text, formatted as `npm run check` wants it. */
export async function generateDocs(): Promise<ReadonlyMap<string, string>> {
  const settings = JSON.parse(await readFile(join(ROOT, '.prettierrc.json'), 'utf8')) as Options
  const texts = new Map<string, string>()
  for (const [path, content] of GENERATED) {
    // Plugins are for languages that are not generated.
    texts.set(path, await format(content(), { ...settings, plugins: [], filepath: path }))
  }
  return texts
}

/** The paths whose files differ from what would be written. */
export async function staleDocs(): Promise<readonly string[]> {
  const stale: string[] = []
  for (const [path, text] of await generateDocs()) {
    const current = await readFile(join(ROOT, path), 'utf8').catch(() => undefined)
    if (current !== text) stale.push(path)
  }
  return stale
}

if (import.meta.main) {
  const isCheck = process.argv.includes('--check')
  const stale = await staleDocs()
  if (isCheck) {
    for (const path of stale)
      console.error(`${path} is stale: run \`node scripts/generate-docs.ts\`.`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    const texts = await generateDocs()
    for (const path of stale) {
      await writeFile(join(ROOT, path), texts.get(path) ?? '')
      console.log(`wrote ${path}`)
    }
  }
}
