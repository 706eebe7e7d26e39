/** Contract: what `switchyard console` makes of its words before anything is started. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { runCli } from '../run-cli.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'

let folder: TemporaryFolder
let terminal: CapturedTerminal

beforeEach(() => {
  folder = temporaryFolder()
  terminal = new CapturedTerminal({ XDG_STATE_HOME: folder.path })
})
afterEach(() => folder.remove())

function console(...words: string[]): Promise<number> {
  return runCli(['console', ...words], terminal)
}

test.each([
  ['another host', ['--host', 'tty'], '--host takes electron or web, not tty'],
  ['a port that is none', ['--port', 'http'], '--port takes a number from 0 to 65535, not http'],
  ['a port beyond the last', ['--port', '65536'], 'from 0 to 65535'],
  ['a negative port', ['--port=-1'], 'from 0 to 65535'],
  ['an operand', ['switchyard.yaml'], 'does not know what to do with switchyard.yaml'],
  ['--url with a wish', ['--url', '--port', '80'], '--url stands alone']
])('%s is a usage error', async (_what, words, sentence) => {
  expect(await console(...words)).toBe(64)
  expect(terminal.stderr).toContain(sentence)
  expect(terminal.stdout).toBe('')
})

test('--url without a running console says how to start one', async () => {
  expect(await console('--url')).toBe(3)
  expect(terminal.stderr).toContain('Start one with `switchyard console`.')
  expect(terminal.stdout).toBe('')
})
