/** Contract: docs/guides/console.md has the keys and the screens that the page has. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { codeSpans, readText, ROOT, tableRows } from './markdown.ts'

interface KeyedAction {
  readonly title: string
  readonly keys: readonly string[]
  readonly keysWeb?: readonly string[]
}

const GUIDE = readText('docs/guides/console.md')

test('the keys are those of the registry, in its order', async () => {
  const { ACTIONS } = await fromPage<{ ACTIONS: readonly KeyedAction[] }>('actions/registry.ts')
  const bound = ACTIONS.map(({ title, keys, keysWeb = [] }) => [title, ...keysWeb, ...keys])
  const documented = tableRows(GUIDE, '## Keys').map(([keys, title]) => [
    title,
    ...codeSpans(keys ?? '').map((key) => key.replace(/^Ctrl\+/, 'Mod+'))
  ])
  expect(documented).toEqual(bound.filter((row) => row.length > 1))
})

test('every screen of the navigation has its section, in the same order', async () => {
  const { DESTINATIONS } = await fromPage<{ DESTINATIONS: readonly { title: string }[] }>(
    'actions/go-actions.ts'
  )
  const screens = GUIDE.slice(GUIDE.indexOf('\n## The screens\n'), GUIDE.indexOf('\n## Changes'))
  const headings = [...screens.matchAll(/^### (.+)$/gm)].map(([, title]) => title)
  expect(headings).toEqual(DESTINATIONS.map(({ title }) => title))
})

/** Not by a static import: the page is checked by a compiler's configuration of its own. */
function fromPage<Module>(path: string): Promise<Module> {
  return import(pathToFileURL(join(ROOT, 'renderer', path)).href) as Promise<Module>
}
