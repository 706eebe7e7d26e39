/** Contract: a passphrase that is named is used or its absence told; none named is none. */
import { chmodSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { givenPassphrase } from './passphrase-source.ts'

function folder(): TemporaryFolder {
  const made = temporaryFolder()
  onTestFinished(() => made.remove())
  return made
}

test('nothing named is none', async () => {
  expect(await givenPassphrase({})).toBeNull()
  expect(await givenPassphrase({ CREDENTIALS_DIRECTORY: folder().path })).toBeNull()
})

test('the file that is named is read without its line end', async () => {
  const file = folder().write('secret', 'a passphrase with spaces \r\n')
  chmodSync(file, 0o600)
  expect(await givenPassphrase({ SWITCHYARD_PASSPHRASE_FILE: file })).toEqual({
    passphrase: 'a passphrase with spaces ',
    source: 'the file named by SWITCHYARD_PASSPHRASE_FILE',
    isExposed: false
  })
})

test('a file that others may read is told', async () => {
  const file = folder().write('secret', 'p')
  chmodSync(file, 0o640)
  const given = await givenPassphrase({ SWITCHYARD_PASSPHRASE_FILE: file })
  expect(given?.isExposed).toBe(true)
})

test('a systemd credential is read, and the variable goes before it', async () => {
  const credentials = folder()
  const credential = credentials.write('switchyard-passphrase', 'from systemd')
  const environment = { CREDENTIALS_DIRECTORY: dirname(credential) }
  expect((await givenPassphrase(environment))?.passphrase).toBe('from systemd')
  const file = credentials.write('other', 'from the variable')
  const both = { ...environment, SWITCHYARD_PASSPHRASE_FILE: file }
  expect((await givenPassphrase(both))?.passphrase).toBe('from the variable')
})

test.each([
  ['missing', undefined],
  ['empty', '\n']
])(
  'a file that is %s locks the secrets instead of going on without them',
  async (name, content) => {
    const made = folder()
    const file = content === undefined ? `${made.path}/${name}` : made.write(name, content)
    await expect(givenPassphrase({ SWITCHYARD_PASSPHRASE_FILE: file })).rejects.toMatchObject({
      code: 'SECRET_STORE_LOCKED'
    })
  }
)
