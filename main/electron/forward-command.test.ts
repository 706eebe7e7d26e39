/**
 * `switchyard <command>` of the packaged application: the same CLI, no window, the same exit
 * codes, and an engine that is a utility process.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { configuration } from '../../test/servers/configuration.ts'
import { electronDouble } from '../../test/electron-double/electron.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { RecordingBackend } from '../../test/servers/recording-backend.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { forwardCommand } from './forward-command.ts'

/** The engine starts from its source here, perhaps on a busy machine. */
const START_LIMIT_MS = 15_000

let folder: TemporaryFolder
let written: string

beforeEach(() => {
  electronDouble.reset()
  folder = temporaryFolder()
  written = ''
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text, ...rest: unknown[]) => {
      written += String(text)
      for (const done of rest) if (typeof done === 'function') (done as () => void)()
      return true
    })
  }
  vi.stubEnv('XDG_STATE_HOME', folder.path)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  folder.remove()
})

describe('forwardCommand', () => {
  test('answers without a window and before the application is ready', async () => {
    await forwardCommand(['--version'])
    const { exitCode, windows, isReady } = electronDouble.state
    expect(written).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect({ exitCode, windows, isReady }).toEqual({ exitCode: 0, windows: [], isReady: false })
  })

  test('ends with the exit code of the command', async () => {
    await forwardCommand(['frobnicate'])
    expect(written).toContain('frobnicate')
    expect(electronDouble.state.exitCode).toBe(64)
  })

  test('says which command needs Node.js itself', async () => {
    await forwardCommand(['bench', 'http://127.0.0.1/'])
    expect(written).toBe('switchyard: bench runs under Node.js only: npx switchyard bench.\n')
    expect(electronDouble.state.exitCode).toBe(3)
  })

  test('runs an engine as a utility process once the application is ready', async () => {
    const backend = await RecordingBackend.start({ name: 'one' })
    const file = folder.write('switchyard.yaml', configuration({ backends: [backend] }))
    const running = forwardCommand(['run', file])
    expect(electronDouble.state.utilities).toEqual([])
    electronDouble.becomeReady()
    const serves = (): boolean => written.includes('Listener web: http://127.0.0.1:')
    await eventually('it serves', serves, START_LIMIT_MS)
    expect(electronDouble.state.utilities).toHaveLength(1)
    expect(electronDouble.state.windows).toEqual([])
    process.emit('SIGTERM')
    await running
    expect(electronDouble.state.exitCode).toBe(0)
    await backend.stop()
  })
})
