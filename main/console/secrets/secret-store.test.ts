/**
 * Contract: secrets are on the disk sealed or not at all; a worse place is never taken silently,
 * and without the right key nothing is read and nothing is overwritten.
 */
import {
  rmSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  readdirSync,
  chmodSync
} from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { openSecretStore } from './open-secret-store.ts'
import type { SecretStore, SystemVault } from './secret-store.ts'

interface Place {
  readonly folder: string
  readonly file: string
  readonly said: string[]
  open(options?: { passphrase?: string; vault?: SystemVault }): Promise<SecretStore>
}

function place(): Place {
  const temporary = temporaryFolder()
  onTestFinished(() => temporary.remove())
  const folder = join(temporary.path, 'console')
  const said: string[] = []
  return {
    ...{ folder, said, file: join(folder, 'secrets.json') },
    open: ({ passphrase, vault } = {}) => {
      const environment: Record<string, string> = {}
      if (passphrase !== undefined) {
        const file = temporary.write('passphrase', `${passphrase}\n`)
        chmodSync(file, 0o600)
        environment['SWITCHYARD_PASSPHRASE_FILE'] = file
      }
      const say = (line: string): void => void said.push(line)
      // The real cost would make these tests take a minute.
      return openSecretStore({ folder, environment, vault: vault ?? null, keyCost: 1024, say })
    }
  }
}

/** Turns texts round: enough to see that a vault was asked. `key` is that of a user's keyring. */
function vaultOf(key: string, isAvailable = true): SystemVault & { reEncrypt: boolean } {
  return {
    description: 'GNOME keyring',
    reEncrypt: false,
    isAvailable: () => Promise.resolve(isAvailable),
    encrypt: (plain) => Promise.resolve(Buffer.from(`${key}:${plain}`).toString('base64')),
    decrypt(sealed) {
      const [found, plain = ''] = Buffer.from(sealed, 'base64').toString().split(':')
      if (found !== key) return Promise.reject(new Error('wrong keyring'))
      return Promise.resolve({ plain, shouldReEncrypt: this.reEncrypt })
    }
  }
}

const locked: unknown = expect.objectContaining({ code: 'SECRET_STORE_LOCKED' })

test('with a vault secrets are sealed by it, in a file of their owner only', async () => {
  const { open, file } = place()
  const store = await open({ vault: vaultOf('k') })
  expect(store).toMatchObject({ kind: 'system', description: 'GNOME keyring' })
  await store.set('kong', 'hunter2')
  expect(readFileSync(file, 'utf8')).not.toContain('hunter2')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = await open({ vault: vaultOf('k') })
  expect(await again.get('kong')).toBe('hunter2')
  expect(await again.get('another')).toBeNull()
  expect(await again.get('toString')).toBeNull()
})

test('a value that the vault wants sealed anew is sealed anew', async () => {
  const { open, file } = place()
  const vault = vaultOf('k')
  const store = await open({ vault })
  await store.set('kong', 'hunter2')
  const before = statSync(file).ino
  vault.reEncrypt = true
  expect(await store.get('kong')).toBe('hunter2')
  expect(statSync(file).ino).not.toBe(before)
})

test('the keyring of another user opens nothing and loses nothing', async () => {
  const { open, file } = place()
  await (await open({ vault: vaultOf('mine') })).set('kong', 'hunter2')
  const before = readFileSync(file, 'utf8')
  await expect((await open({ vault: vaultOf('theirs') })).get('kong')).rejects.toEqual(locked)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('a passphrase seals, and opens after a restart', async () => {
  const { open, file } = place()
  const store = await open({ passphrase: 'correct horse' })
  expect(store).toMatchObject({
    ...{ kind: 'passphrase', description: 'file, locked with your passphrase' }
  })
  await store.set('kong', 'hunter2')
  await store.set('ssh', 'hunter3')
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain('hunter')
  expect(text).not.toContain('correct horse')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = await open({ passphrase: 'correct horse' })
  expect(await again.get('kong')).toBe('hunter2')
  expect(await again.get('ssh')).toBe('hunter3')
})

test('a guess of the passphrase costs 2^17 rounds of scrypt', async () => {
  const { folder, file } = place()
  const passphraseFile = join(folder, '..', 'passphrase')
  writeFileSync(passphraseFile, 'p', { mode: 0o600 })
  const environment = { SWITCHYARD_PASSPHRASE_FILE: passphraseFile }
  const parts = { folder, environment, vault: null, say: () => {} }
  await (await openSecretStore(parts)).set('a', 'b')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ key: { cost: 131_072 } })
  expect(await (await openSecretStore({ ...parts, keyCost: 2 })).get('a')).toBe('b')
})

test('a key that could not be written down seals nothing', async () => {
  const { open, folder } = place()
  const store = await open({ passphrase: 'p' })
  rmSync(folder, { recursive: true })
  await expect(store.set('a', 'b')).rejects.toMatchObject({ code: 'STATE_UNUSABLE' })
  mkdirSync(folder)
  await store.set('a', 'b')
  expect(await (await open({ passphrase: 'p' })).get('a')).toBe('b')
})

test('the same value never looks the same twice', async () => {
  const { open, file } = place()
  const store = await open({ passphrase: 'correct horse' })
  const sealedNow = (): unknown =>
    (JSON.parse(readFileSync(file, 'utf8')) as { secrets: Record<string, unknown> }).secrets['a']
  await store.set('a', 'same')
  const first = sealedNow()
  await store.set('a', 'same')
  expect(sealedNow()).not.toEqual(first)
})

test('a wrong passphrase reads nothing, writes nothing, and says so', async () => {
  const { open, file, said } = place()
  await (await open({ passphrase: 'right' })).set('kong', 'hunter2')
  const before = readFileSync(file, 'utf8')
  const store = await open({ passphrase: 'wrong' })
  expect(store.kind).toBe('passphrase')
  expect(store.description).toMatch(/^file, locked: the passphrase from .* does not fit$/)
  await expect(store.get('kong')).rejects.toEqual(locked)
  await expect(store.set('kong', 'other')).rejects.toEqual(locked)
  await expect(store.set('new', 'other')).rejects.toEqual(locked)
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(said.join()).toMatch(/Secrets are locked/)
  expect(said.join()).not.toMatch(/wrong\b.*wrong|right/)
})

test('sealed values that were exchanged or changed are not opened', async () => {
  const { open, file } = place()
  const store = await open({ passphrase: 'p' })
  await store.set('a', 'value of a')
  await store.set('b', 'value of b')
  const document = JSON.parse(readFileSync(file, 'utf8')) as {
    secrets: Record<string, { tag: string }>
  }
  const { a, b } = document.secrets
  document.secrets = { a: b!, b: { ...b!, tag: a!.tag } }
  writeFileSync(file, JSON.stringify(document))
  const again = await open({ passphrase: 'p' })
  await expect(again.get('a')).rejects.toEqual(locked)
  await expect(again.get('b')).rejects.toEqual(locked)
})

test('without a key secrets are kept in memory, and what is on the disk stays locked', async () => {
  const { open, file } = place()
  await (await open({ passphrase: 'p' })).set('kong', 'hunter2')
  const before = readFileSync(file, 'utf8')
  const store = await open()
  expect(store).toMatchObject({ kind: 'memory', description: 'memory only: not saved' })
  await expect(store.get('kong')).rejects.toEqual(locked)
  await store.set('kong', 'typed again')
  expect(await store.get('kong')).toBe('typed again')
  expect(await store.get('another')).toBeNull()
  expect(readFileSync(file, 'utf8')).toBe(before)
  await store.delete('kong')
  await expect(store.get('kong')).rejects.toEqual(locked)
})

test('a vault that protects nothing is not used, and the passphrase is', async () => {
  const { open } = place()
  expect((await open({ vault: vaultOf('k', false) })).kind).toBe('memory')
  expect((await open({ vault: vaultOf('k', false), passphrase: 'p' })).kind).toBe('passphrase')
})

test('what the desktop has saved stays locked in a browser until it is saved again', async () => {
  const { open } = place()
  await (await open({ vault: vaultOf('k') })).set('kong', 'hunter2')
  const headless = await open({ passphrase: 'p' })
  await expect(headless.get('kong')).rejects.toMatchObject({
    code: 'SECRET_STORE_LOCKED',
    message:
      'The secret kong was saved with the keyring of this desktop and cannot be read without it.'
  })
  await headless.set('kong', 'saved again')
  expect(await headless.get('kong')).toBe('saved again')
  await expect((await open({ vault: vaultOf('k') })).get('kong')).rejects.toEqual(locked)
})

test('a secret can be forgotten without its key', async () => {
  const { open } = place()
  await (await open({ vault: vaultOf('k') })).set('kong', 'hunter2')
  const headless = await open({ passphrase: 'p' })
  await headless.delete('kong')
  expect(await headless.get('kong')).toBeNull()
})

test('many writes at once are all kept', async () => {
  const { open } = place()
  const store = await open({ passphrase: 'p' })
  const names = Array.from({ length: 20 }, (_, n) => `secret ${n}`)
  await Promise.all(names.map((name) => store.set(name, `value of ${name}`)))
  const again = await open({ passphrase: 'p' })
  const values = await Promise.all(names.map((name) => again.get(name)))
  expect(values).toEqual(names.map((name) => `value of ${name}`))
})

test('a file that cannot be understood is left alone, and its content is not told', async () => {
  const { open, folder, file, said } = place()
  mkdirSync(folder)
  writeFileSync(file, '{"version": 1, "secrets": "hunter2"')
  const store = await open({ passphrase: 'p' })
  expect(store.kind).toBe('memory')
  expect(store.description).toMatch(
    /^memory only: not saved \(.*secrets\.json could not be understood/
  )
  await store.set('kong', 'x')
  expect(readFileSync(file, 'utf8')).toBe('{"version": 1, "secrets": "hunter2"')
  expect(said.join()).not.toContain('hunter2')
})

test('a key that scrypt refuses leaves the console its memory, and the file alone', async () => {
  const { open, file } = place()
  await (await open({ passphrase: 'correct' })).set('kong', 'hunter2')
  const damaged = readFileSync(file, 'utf8').replace('"cost": 1024', '"cost": 1023')
  writeFileSync(file, damaged)
  const store = await open({ passphrase: 'correct' })
  expect(store.description).toMatch(/^memory only: not saved \(.*could not be understood/)
  expect(readFileSync(file, 'utf8')).toBe(damaged)
})

test('a write leaves no temporary file', async () => {
  const { open, folder } = place()
  await (await open({ vault: vaultOf('k') })).set('a', 'b')
  expect(readdirSync(folder)).toEqual(['secrets.json'])
})
