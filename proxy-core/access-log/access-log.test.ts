/** Contract: a configured log formats what it is given and writes it to its file or to stdout. */
import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { AccessLog } from './access-log.ts'
import { recordDouble } from './testing/record-double.ts'

const here = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)

/** A program that logs `count` records to standard output. */
const program = (count: number): string => `
  import { AccessLog } from ${here('access-log.ts')}
  import { recordDouble } from ${here('testing/record-double.ts')}
  import { systemClock } from ${here('../time/clock.ts')}
  process.stdout.isTTY // Node makes a pipe non-blocking when it is first looked at.
  const log = new AccessLog({ format: 'json', file: null }, { clock: systemClock, emit: (e) => console.error(e.reason) })
  for (let attempts = 1; attempts <= ${count}; attempts++) log.log(recordDouble({ attempts }))
  console.error('closing')
  await log.close()
`

const argumentsFor = (count: number): string[] => ['--input-type=module', '--eval', program(count)]

describe('AccessLog', () => {
  let folder: TemporaryFolder
  beforeEach(() => (folder = temporaryFolder()))
  afterEach(() => folder.remove())

  it.each(['combined', 'json'] as const)('writes %s lines to its file in order', async (format) => {
    const file = `${folder.path}/access.log`
    const log = new AccessLog({ format, file }, { clock: new ManualClock(), emit: () => {} })
    for (let index = 0; index < 100; index++) log.log(recordDouble({ target: `/item/${index}` }))
    await log.close()
    const found = readFileSync(file, 'utf8').match(/\/item\/\d+/g)
    expect(found).toEqual(Array.from({ length: 100 }, (_, index) => `/item/${index}`))
  })

  it('writes to standard output', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, argumentsFor(3))
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).attempts)
    ).toEqual([1, 2, 3])
  })

  it('loses nothing on a pipe that is read late and is smaller than what is written', async () => {
    const child = spawn(process.execPath, argumentsFor(3000), { stdio: ['ignore', 'pipe', 'pipe'] })
    const errors = text(child.stderr)
    // Nobody reads while it closes: a program that nothing else holds would end here.
    await new Promise((resolve) => child.stderr.once('data', resolve))
    await new Promise((resolve) => setTimeout(resolve, 40))
    const lines = (await text(child.stdout)).trimEnd().split('\n')
    expect(await errors).toBe('closing\n')
    expect(lines.map((line) => (JSON.parse(line) as { attempts: number }).attempts)).toEqual(
      Array.from({ length: 3000 }, (_, index) => index + 1)
    )
  })
})
