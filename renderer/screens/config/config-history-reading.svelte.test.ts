/** Contract of the history: a version comes with the one before it, and failures are told. */
import { expect, test } from 'vitest'
import type { ConfigVersion } from '../../../preload/contract/workspace-state.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { ConfigHistoryReading } from './config-history-reading.svelte.ts'

const version = (id: number): ConfigVersion => ({
  id,
  atMs: id,
  actor: 'operator (browser)',
  reason: '',
  summary: `version ${id}`,
  hash: `#${id}`,
  isRunning: id === 3
})

async function reading(): Promise<{ backend: ScriptedBackend; history: ConfigHistoryReading }> {
  const backend = new ScriptedBackend()
  backend.answers = {
    'config.versions': () => [version(3), version(2)],
    'config.version': ({ id }) => ({ text: `text ${id}`, hash: `#${id}`, hasMaskedSecrets: false })
  }
  const history = new ConfigHistoryReading(backend)
  await history.refresh()
  return { backend, history }
}

test('a version is read with the one before it', async () => {
  const { history } = await reading()
  await history.show(version(3))
  expect(history.shown?.text.text).toBe('text 3')
  expect(history.shown?.before?.text).toBe('text 2')
  history.leave()
  expect(history.shown).toBeNull()
})

test('the oldest version has nothing before it', async () => {
  const { history } = await reading()
  await history.show(version(2))
  expect(history.shown?.before).toBeNull()
})

test('leaving before the answer shows nothing', async () => {
  const { history } = await reading()
  const showing = history.show(version(3))
  history.leave()
  await showing
  expect(history.shown).toBeNull()
})

test('a version that is gone is told, and the list stays', async () => {
  const { backend, history } = await reading()
  backend.answers['config.version'] = () => {
    throw new SwitchyardError('CONFIG_VERSION_UNKNOWN', 'There is no version 3.')
  }
  await history.show(version(3))
  expect(history.problem).toMatchObject({ code: 'CONFIG_VERSION_UNKNOWN' })
  expect(history.versions).toHaveLength(2)
})
