/** Contract: a secret that was typed is sent once and then forgotten by the page; refusals are told. */
import { beforeEach, expect, test } from 'vitest'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { StoredSecrets } from './stored-secrets.svelte.ts'

let backend: ScriptedBackend
let secrets: StoredSecrets

beforeEach(() => {
  backend = new ScriptedBackend()
  secrets = new StoredSecrets(backend)
  backend.answers['secrets.list'] = () => ({ names: ['smtp'] })
  backend.answers['secrets.save'] = ({ name }) => ({ names: [name, 'smtp'] })
  backend.answers['secrets.forget'] = () => ({ names: [] })
})

test('what is stored is listed by name, and forgotten by name', async () => {
  await secrets.refresh()
  expect(secrets.names).toEqual(['smtp'])
  await secrets.forget('smtp')
  expect(secrets.names).toEqual([])
  expect(backend.calls.at(-1)?.args).toEqual({ name: 'smtp' })
})

test('a saved secret is sent once, and neither its name nor its value stays in the form', async () => {
  secrets.name = 'hook'
  secrets.value = 's3cret'
  await secrets.save()
  expect(backend.calls.map(({ args }) => args)).toEqual([{ name: 'hook', value: 's3cret' }])
  expect([secrets.name, secrets.value, secrets.names]).toEqual(['', '', ['hook', 'smtp']])
})

test('a refused one stays in the form, with the reason', async () => {
  backend.answers['secrets.save'] = () => {
    throw new SwitchyardError('SECRET_STORE_LOCKED', 'The passphrase does not fit.')
  }
  secrets.name = 'hook'
  secrets.value = 's3cret'
  await secrets.save()
  expect(secrets.problem).toMatchObject({ what: 'The secret hook was not saved.' })
  expect(secrets.value).toBe('s3cret')
})

test('without a name, a value, or with a name that cannot be one, nothing is sent', async () => {
  for (const [name, value] of [
    ['', 'x'],
    ['hook', ''],
    ['a b', 'x']
  ] as const) {
    secrets.name = name
    secrets.value = value
    expect(secrets.saveRefusal).not.toBeNull()
    await secrets.save()
  }
  expect(backend.calls).toEqual([])
  expect(secrets.nameProblem).toContain('letters, digits')
})

test('a name that is stored is said to be replaced', async () => {
  await secrets.refresh()
  secrets.name = 'smtp'
  expect(secrets.isReplacement).toBe(true)
})
