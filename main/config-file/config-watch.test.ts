/** Contract: every way in which a file is replaced is noticed once it is quiet, and nothing else. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { ConfigWatch } from './config-watch.ts'

let root: string
let clock: ManualClock
const onChange = vi.fn()
const onLost = vi.fn()

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  root = folder.path
  clock = new ManualClock()
  onChange.mockReset()
  onLost.mockReset()
})

function watch(file: string): ConfigWatch {
  const watcher = new ConfigWatch(join(root, file), clock, { onChange, onLost })
  onTestFinished(() => watcher.close())
  return watcher
}

/** Something was noticed, and the quiet time after it has passed. */
async function noticed(count: number): Promise<void> {
  await eventually('a notice', () => clock.pendingCount > 0)
  clock.advance(99)
  expect(onChange).toHaveBeenCalledTimes(count - 1)
  await eventually(`change ${count}`, () => {
    clock.advance(100)
    return onChange.mock.calls.length === count
  })
}

test('a file that is written in place is noticed', async () => {
  writeFileSync(join(root, 'a.yaml'), '1')
  watch('a.yaml')
  writeFileSync(join(root, 'a.yaml'), '2')
  await noticed(1)
})

test('a file that an editor replaces by rename is noticed every time', async () => {
  writeFileSync(join(root, 'a.yaml'), '1')
  watch('a.yaml')
  for (const count of [1, 2, 3]) {
    writeFileSync(join(root, `a.yaml.tmp`), String(count))
    renameSync(join(root, 'a.yaml.tmp'), join(root, 'a.yaml'))
    await noticed(count)
  }
})

test('a ConfigMap whose link is swapped is noticed every time', async () => {
  const revision = (name: string): void => {
    mkdirSync(join(root, name))
    writeFileSync(join(root, name, 'a.yaml'), name)
    symlinkSync(name, join(root, '..tmp'))
    renameSync(join(root, '..tmp'), join(root, '..data'))
  }
  revision('..1')
  symlinkSync('..data/a.yaml', join(root, 'a.yaml'))
  watch('a.yaml')
  revision('..2')
  rmSync(join(root, '..1'), { recursive: true })
  await noticed(1)
  revision('..3')
  await noticed(2)
})

test('a file that is removed and comes back is noticed', async () => {
  writeFileSync(join(root, 'a.yaml'), '1')
  watch('a.yaml')
  rmSync(join(root, 'a.yaml'))
  await noticed(1)
  writeFileSync(join(root, 'a.yaml'), '2')
  await noticed(2)
})

test('other files in the folder are not noticed', async () => {
  writeFileSync(join(root, 'a.yaml'), '1')
  watch('a.yaml')
  for (let count = 0; count < 20; count++) writeFileSync(join(root, 'access.log'), String(count))
  writeFileSync(join(root, 'a.yaml'), '2')
  await noticed(1)
  expect(onChange).toHaveBeenCalledTimes(1)
})

test('a folder that is not there is told once, and after that nothing', () => {
  watch('missing/a.yaml')
  expect(onLost).toHaveBeenCalledTimes(1)
  expect(onLost.mock.calls[0]![0]).toMatch(/missing\/a\.yaml cannot be watched: ENOENT/)
  expect(clock.pendingCount).toBe(0)
})

test('after the close nothing is noticed', async () => {
  writeFileSync(join(root, 'a.yaml'), '1')
  const watcher = watch('a.yaml')
  writeFileSync(join(root, 'a.yaml'), '2')
  await eventually('a notice', () => clock.pendingCount > 0)
  watcher.close()
  clock.advance(1000)
  expect(onChange).not.toHaveBeenCalled()
})
