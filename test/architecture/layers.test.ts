/**
 * The layers of the house, as lint rules: each forbidden import is really reported where design
 * section 1 forbids it, and each allowed one is not.
 */
import { ESLint } from 'eslint'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const LAYER_RULES = ['no-restricted-imports', 'no-restricted-syntax', 'no-restricted-globals']

let eslint: ESLint

beforeAll(() => {
  // Typed rules need files that exist; the layers do not need types.
  const untyped = {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: false } },
    rules: Object.fromEntries(
      [
        'await-thenable',
        'no-floating-promises',
        'no-misused-promises',
        'only-throw-error',
        'prefer-promise-reject-errors',
        'switch-exhaustiveness-check'
      ].map((name) => [`@typescript-eslint/${name}`, 'off' as const])
    )
  }
  eslint = new ESLint({ cwd: ROOT, overrideConfig: untyped })
}, 30_000)

/** How many layer rules a file of this path and content breaks. */
async function breaches(path: string, code: string): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath: join(ROOT, path) })
  const fatal = result?.messages.find((message) => message.fatal)
  if (fatal !== undefined) throw new Error(fatal.message)
  return result!.messages.filter((message) => LAYER_RULES.includes(message.ruleId ?? '')).length
}

const FORBIDDEN: readonly [path: string, specifier: string][] = [
  ['proxy-core/pool/x.ts', '../../main/cli/cli.ts'],
  ['proxy-core/pool/x.ts', '../../preload/contract/hello.ts'],
  ['proxy-core/pool/x.ts', '../../renderer/main.ts'],
  ['proxy-core/pool/x.ts', '../../test/servers/manual-clock.ts'],
  ['proxy-core/pool/x.ts', 'electron'],
  ['proxy-core/pool/x.test.ts', '../../main/cli/cli.ts'],
  ['proxy-core/model/x.ts', '../pool/backend.ts'],
  ['proxy-core/model/schema/x.ts', '../../pool/backend.ts'],
  ['proxy-core/model/x.ts', 'node:fs'],
  ['proxy-core/model/x.ts', 'fs'],
  ['proxy-core/model/x.ts', 'fs/promises'],
  ['main/cli/x.ts', 'electron'],
  ['main/index.ts', 'electron/main'],
  ['main/cli/x.ts', '../../renderer/main.ts'],
  ['main/cli/x.ts', '../../preload/bridge.ts'],
  ['main/electron/x.ts', '../../renderer/main.ts'],
  ['preload/contract/x.ts', 'node:path'],
  ['preload/contract/x.ts', 'electron'],
  ['preload/contract/x.ts', '../../main/cli/cli.ts'],
  ['preload/contract/x.ts', '../../proxy-core/pool/backend.ts'],
  ['preload/x.ts', '../main/cli/cli.ts'],
  ['preload/x.ts', 'node:path'],
  ['renderer/x.ts', 'node:path'],
  ['renderer/x.ts', 'electron'],
  ['renderer/host/x.ts', '../../main/page/hello.ts'],
  ['renderer/host/x.ts', '../../preload/bridge.ts'],
  ['renderer/host/x.ts', '../../proxy-core/engine/engine-view.ts']
]

const ALLOWED: readonly [path: string, specifier: string][] = [
  ['proxy-core/pool/x.ts', '../model/settings.ts'],
  ['proxy-core/pool/x.ts', 'node:net'],
  ['proxy-core/pool/x.test.ts', '../../test/servers/manual-clock.ts'],
  ['proxy-core/model/x.ts', './settings.ts'],
  ['proxy-core/model/schema/x.ts', '../../model/settings.ts'],
  ['proxy-core/model/x.ts', 'zod'],
  ['proxy-core/model/x.test.ts', 'node:fs'],
  ['main/cli/x.ts', '../../proxy-core/engine/engine-view.ts'],
  ['main/cli/x.ts', '../../preload/contract/hello.ts'],
  ['main/cli/x.ts', '../electron-neighbour.ts'],
  ['main/electron/x.ts', 'electron'],
  ['preload/contract/x.ts', '../../proxy-core/model/states.ts'],
  ['preload/index.ts', 'electron'],
  ['renderer/host/x.ts', '../../preload/contract/hello.ts'],
  ['renderer/host/x.ts', '../../proxy-core/model/states.ts'],
  ['renderer/x.ts', 'svelte']
]

describe('the layer rules', () => {
  test.each(FORBIDDEN)('%s may not import %s, in any way', async (path, specifier) => {
    expect(await breaches(path, `import '${specifier}'\n`)).toBe(1)
    expect(await breaches(path, `import type { A } from '${specifier}'\n`)).toBe(1)
    expect(await breaches(path, `export * from '${specifier}'\n`)).toBe(1)
    expect(await breaches(path, `void import('${specifier}')\n`)).toBe(1)
  })

  test.each(ALLOWED)('%s may import %s', async (path, specifier) => {
    expect(await breaches(path, `import '${specifier}'\nvoid import('${specifier}')\n`)).toBe(0)
  })

  test.each(['proxy-core/model/x.ts', 'preload/contract/x.ts', 'renderer/x.ts'])(
    '%s may not touch the globals of Node.js',
    async (path) => {
      expect(await breaches(path, 'export const a = process\nexport const b = Buffer\n')).toBe(2)
    }
  )

  test('a component of the page keeps to its layer too', async () => {
    const component = `<script lang="ts">\n  import '../main/page/hello.ts'\n</script>\n`
    expect(await breaches('renderer/x.svelte', component)).toBe(1)
  })

  test('any is refused, and an export without its types', async () => {
    const [result] = await eslint.lintText('export function f(a: any) {\n  return a\n}\n', {
      filePath: join(ROOT, 'proxy-core/pool/x.ts')
    })
    const rules = result!.messages.map((message) => message.ruleId)
    expect(rules).toContain('@typescript-eslint/no-explicit-any')
    expect(rules).toContain('@typescript-eslint/explicit-module-boundary-types')
  })
})
