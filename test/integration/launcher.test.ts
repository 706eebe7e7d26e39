/**
 * The `switchyard` launcher in a package of its own: what it does on an old Node.js, how it
 * passes arguments, output, exit codes and signals through, and what it says when it cannot.
 */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../servers/eventually.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { programPath, requires } from '../setup/requirements.ts'

const BIN = join(import.meta.dirname, '../../bin')

/** A CLI that tells what it got, and ends as it is told; awaits at its top level as ours does. */
const CLI = `
const words = process.argv.slice(2)
await null
// Before it speaks: who hears it may send a signal at once.
if (words[0] === 'wait') {
  const timer = setInterval(() => {}, 1000)
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.on(signal, () => {
    console.log('got ' + signal)
    if (signal === 'SIGTERM') clearInterval(timer)
  })
}
console.log(JSON.stringify({ words, major: parseInt(process.versions.node), marked: 'SWITCHYARD_LAUNCHED_AGAIN' in process.env }))
if (words[0] === 'exit') process.exitCode = Number(words[1])
if (words[0] === 'die') process.kill(process.pid, words[1])
`

let folder: TemporaryFolder
let launcher: string

beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, 'app/bin'), { recursive: true })
  mkdirSync(join(folder.path, 'app/out/main'), { recursive: true })
  folder.write('app/package.json', '{"name":"switchyard","type":"module"}')
  folder.write('app/out/main/cli.js', CLI)
  for (const file of ['switchyard.cjs', 'load-cli.cjs']) {
    copyFileSync(join(BIN, file), join(folder.path, 'app/bin', file))
  }
  launcher = join(folder.path, 'app/bin/switchyard.cjs')
})
afterEach(() => folder.remove())

function run(node: string, words: readonly string[] = []): SpawnSyncReturns<string> {
  return spawnSync(node, [launcher, ...words], { encoding: 'utf8', timeout: 15_000 })
}

/** Puts this Node.js where npm puts the one of the `node` package. */
function giveNewerNode(packageFolder: string): void {
  const bin = join(folder.path, packageFolder, 'node_modules/node/bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(process.execPath, join(bin, 'node'))
}

describe('the launcher on a new Node.js', () => {
  test('loads the command line itself, with the same words', () => {
    const { stdout, status } = run(process.execPath, ['exit', '5', '--flag', 'two words'])
    expect(JSON.parse(stdout)).toMatchObject({ words: ['exit', '5', '--flag', 'two words'] })
    expect(status).toBe(5)
  })

  test('says in one sentence that it is not built', () => {
    folder.write('app/out/main/cli.js', '')
    const bare = temporaryFolder()
    copyFileSync(launcher, join(bare.path, 'switchyard.cjs'))
    const { stderr, status } = spawnSync(process.execPath, [join(bare.path, 'switchyard.cjs')], {
      encoding: 'utf8'
    })
    bare.remove()
    expect(stderr).toMatch(/^switchyard: it is not built yet; run `npm run build` in .*\.\n$/)
    expect(status).toBe(69)
  })
})

requires('old-node')('the launcher on an old Node.js', () => {
  test.each([
    ['its own package', 'app'],
    ['the folder above it', '.']
  ])('runs again on the Node.js of %s, and leaves no mark for its children', (_whose, where) => {
    giveNewerNode(where)
    const { stdout, status } = run(programPath('old-node'), ['exit', '7', 'two words'])
    expect(JSON.parse(stdout)).toEqual({
      words: ['exit', '7', 'two words'],
      major: Number.parseInt(process.versions.node, 10),
      marked: false
    })
    expect(status).toBe(7)
  })

  test('says in one sentence which Node.js it needs where there is no newer one', () => {
    const { stdout, stderr, status } = run(programPath('old-node'))
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      /^switchyard: it needs Node\.js 24 or later, and this is \d+\.\d+\.\d+\.\n$/
    )
    expect(status).toBe(69)
  })

  test('does not run again and again where the one beside it is old too', () => {
    const bin = join(folder.path, 'app/node_modules/node/bin')
    mkdirSync(bin, { recursive: true })
    symlinkSync(programPath('old-node'), join(bin, 'node'))
    const { stderr, status } = run(programPath('old-node'))
    expect(stderr).toContain('it needs Node.js 24 or later')
    expect(status).toBe(69)
  })

  test('says what is wrong where the one beside it cannot be run', () => {
    mkdirSync(join(folder.path, 'app/node_modules/node/bin'), { recursive: true })
    chmodSync(folder.write('app/node_modules/node/bin/node', 'no program'), 0o644)
    const { stderr, status } = run(programPath('old-node'))
    expect(stderr).toMatch(/^switchyard: cannot run .*\n$/)
    expect(status).toBe(69)
  })

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends by %s as the command did',
    (signal) => {
      giveNewerNode('app')
      expect(run(programPath('old-node'), ['die', signal]).signal).toBe(signal)
    }
  )

  test('passes signals on, and ends with the exit code when the command does', async () => {
    giveNewerNode('app')
    const child = spawn(programPath('old-node'), [launcher, 'wait'], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)))
    const said = (text: string): Promise<unknown> =>
      eventually(text, () => output.includes(text), 10_000)
    await said('"wait"')
    child.kill('SIGHUP')
    await said('got SIGHUP')
    child.kill('SIGINT')
    await said('got SIGINT')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
