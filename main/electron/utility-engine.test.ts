/**
 * The engine's process under Electron: its end is told once whatever it dies of, nothing of it goes
 * through this process, and V8 gets the flag that it gets under Node.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { electronDouble } from '../../test/electron-double/electron.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { EngineChild, EngineExit } from '../engine-host/engine-child.ts'
import { forkUtilityEngine } from './utility-engine.ts'

/** Tells how it was started, and then waits for its end. */
const MODULE = `
process.parentPort.on('message', () => {})
process.parentPort.postMessage({ flags: process.execArgv })
`

let folder: TemporaryFolder
let module: string

beforeEach(() => {
  electronDouble.reset()
  electronDouble.becomeReady()
  folder = temporaryFolder()
  module = folder.write('module.mjs', MODULE)
})
afterEach(async () => {
  for (const child of electronDouble.state.utilities) child.endWithMain()
  await Promise.resolve()
  folder.remove()
})

interface Forked {
  readonly engine: EngineChild
  readonly exits: EngineExit[]
  readonly messages: unknown[]
}

function forked(): Forked {
  const engine = forkUtilityEngine(module)
  const exits: EngineExit[] = []
  const messages: unknown[] = []
  engine.onExit((exit) => exits.push(exit))
  engine.port.onMessage((message) => messages.push(message))
  return { engine, exits, messages }
}

async function running(): Promise<Forked> {
  const one = forked()
  await eventually('its first word', () => one.messages.length > 0)
  return one
}

async function ended({ exits }: Forked): Promise<EngineExit> {
  await eventually('its end', () => exits.length > 0)
  return exits[0]!
}

describe('forkUtilityEngine', () => {
  test('tells a fatal error of V8 as the cause of the end, and throws it at nobody', async () => {
    const one = await running()
    electronDouble.state.utilities[0]!.failFatally('Reached heap limit')
    expect(await ended(one)).toMatchObject({
      cause: 'V8 could not go on (FatalError: Reached heap limit).'
    })
  })

  test('names the signal that ended it', async () => {
    const one = await running()
    process.kill(one.engine.pid, 'SIGKILL')
    expect(await ended(one)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('tells the exit code of one that ended by itself', async () => {
    module = folder.write('ending.mjs', 'process.exit(1)')
    expect(await ended(forked())).toEqual({ code: 1, signal: null })
  })

  test('gives V8 its flag', async () => {
    const { messages } = await running()
    expect(messages).toEqual([
      { flags: expect.arrayContaining(['--max-semi-space-size=8']) as string[] }
    ])
  })

  test('leaves nothing on our streams, however often it is started again', async () => {
    const count = (): readonly number[] =>
      [process.stdout, process.stderr].map(
        (stream) => stream.eventNames().flatMap((name) => stream.listeners(name)).length
      )
    const before = count()
    for (let start = 0; start < 3; start++) {
      const one = await running()
      one.engine.kill('SIGKILL')
      await ended(one)
    }
    expect(count()).toEqual(before)
  })

  test('tells the end of one that is killed before it was made, and ends it once it is', async () => {
    const one = forked()
    expect(one.engine.pid).toBe(-1)
    one.engine.kill('SIGKILL')
    expect(one.exits).toEqual([{ code: null, signal: null, cause: 'it was not created in time.' }])
    const isGone = new Promise<void>((resolve) => one.engine.port.onClose(resolve))
    await isGone
    expect(one.exits).toHaveLength(1)
  })
})
