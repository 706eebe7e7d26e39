/** Contract: logs follow the configuration: shared, kept over a reload, closed when nobody names them. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { AccessLogSettings, ListenerSettings } from '../model/settings.ts'
import { AccessLogSet } from './access-log-set.ts'
import { recordDouble } from './testing/record-double.ts'

let folder: TemporaryFolder
let logs: AccessLogSet

beforeEach(() => {
  folder = temporaryFolder()
  logs = new AccessLogSet({ clock: new ManualClock(), emit: () => {} })
})
afterEach(async () => {
  await logs.close()
  folder.remove()
})

/** The set reads nothing of a listener but its access log. */
const listeners = (
  ...settings: readonly (AccessLogSettings | null)[]
): readonly ListenerSettings[] => settings.map((accessLog) => ({ accessLog }) as ListenerSettings)

const settingsFor = (name: string): AccessLogSettings => ({
  format: 'combined',
  file: `${folder.path}/${name}`
})

describe('AccessLogSet', () => {
  it('gives listeners with the same file and format one log, and none to those without', async () => {
    await logs.configure(listeners(settingsFor('a'), settingsFor('a'), settingsFor('b'), null))
    expect(logs.of(settingsFor('a'))).not.toBeNull()
    expect(logs.of({ ...settingsFor('a') })).toBe(logs.of(settingsFor('a')))
    expect(logs.of(settingsFor('b'))).not.toBe(logs.of(settingsFor('a')))
    expect(logs.of({ ...settingsFor('a'), format: 'json' })).toBeNull()
    expect(logs.of(null)).toBeNull()
  })

  it('keeps a log that stays over a reload, and writes out one that goes', async () => {
    await logs.configure(listeners(settingsFor('a'), settingsFor('b')))
    const [stays, goes] = [logs.of(settingsFor('a')), logs.of(settingsFor('b'))]
    goes!.log(recordDouble({ target: '/last' }))
    await logs.configure(listeners(settingsFor('a'), settingsFor('c')))
    expect(logs.of(settingsFor('a'))).toBe(stays)
    expect(logs.of(settingsFor('b'))).toBeNull()
    expect(readFileSync(settingsFor('b').file!, 'utf8')).toContain('/last')
  })

  it('answers by the new listeners at once, before the old logs are written out', () => {
    void logs.configure(listeners(settingsFor('a')))
    expect(logs.of(settingsFor('a'))).not.toBeNull()
  })

  it('changes nothing when one of the new files cannot be opened', async () => {
    await logs.configure(listeners(settingsFor('a')))
    const before = logs.of(settingsFor('a'))
    await expect(
      logs.configure(listeners(settingsFor('b'), settingsFor('none/c')))
    ).rejects.toMatchObject({
      code: 'ACCESS_LOG_UNWRITABLE'
    })
    expect(logs.of(settingsFor('a'))).toBe(before)
    expect(logs.of(settingsFor('b'))).toBeNull()
  })
})
