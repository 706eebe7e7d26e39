/** Contract: each configuration file has its own state, which only its owner can read. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { openAdminToken } from './admin-token.ts'
import { enginePath, modulePath } from './module-path.ts'
import {
  createStateDirectory,
  instanceOf,
  isInstanceName,
  stateDirectoryOf
} from './state-directory.ts'

let root: string

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  root = folder.path
})

test('the instance of a file is its readable name and a hash of its place', () => {
  expect(instanceOf('/etc/switchyard.yaml')).toMatch(/^switchyard-[0-9a-f]{8}$/)
  expect(instanceOf('/etc/a/../switchyard.yaml')).toBe(instanceOf('/etc/switchyard.yaml'))
  expect(instanceOf('/srv/switchyard.yaml')).not.toBe(instanceOf('/etc/switchyard.yaml'))
})

test.each(['/a/..hidden.yaml', '/a/ä ö.yaml', '/a/-rf.yaml', `/a/${'x'.repeat(300)}.yaml`, '/'])(
  'the instance of %s is a name that a folder may have',
  (file) => {
    expect(isInstanceName(instanceOf(file))).toBe(true)
  }
)

test.each(['', '.', '..', 'a/b', '-a', 'a b', 'x'.repeat(65)])('%j is no instance name', (name) => {
  expect(isInstanceName(name)).toBe(false)
})

test('the state is under XDG_STATE_HOME, or in the home folder when that is unset or relative', () => {
  expect(stateDirectoryOf('a', { XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/switchyard/a')
  expect(stateDirectoryOf('a', { HOME: '/h' })).toBe('/h/.local/state/switchyard/a')
  expect(stateDirectoryOf('a', { XDG_STATE_HOME: 's', HOME: '/h' })).toBe(
    '/h/.local/state/switchyard/a'
  )
})

test('the directory is closed to others, also when it was open before', async () => {
  const directory = join(root, 'switchyard', 'a')
  await createStateDirectory(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  chmodSync(directory, 0o755)
  await createStateDirectory(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

test('a directory that cannot be made is STATE_UNUSABLE with its path', async () => {
  writeFileSync(join(root, 'file'), '')
  const directory = join(root, 'file', 'a')
  await expect(createStateDirectory(directory)).rejects.toMatchObject({
    code: 'STATE_UNUSABLE',
    message: expect.stringContaining(directory)
  })
})

test('the token has 256 bits, is for the owner only, and stays the same', async () => {
  const first = await openAdminToken(root)
  expect(Buffer.from(first.token, 'base64url')).toHaveLength(32)
  expect(readFileSync(first.file, 'utf8')).toBe(`${first.token}\n`)
  expect(statSync(first.file).mode & 0o777).toBe(0o600)
  chmodSync(first.file, 0o644)
  expect(await openAdminToken(root)).toEqual(first)
  expect(statSync(first.file).mode & 0o777).toBe(0o600)
})

test.each(['', 'short', `${'a'.repeat(43)}b`])('a token file with %j is replaced', async (text) => {
  writeFileSync(join(root, 'admin.token'), text)
  const { token } = await openAdminToken(root)
  expect(token).toHaveLength(43)
  expect(token).not.toBe(text)
})

test('from source the engine is the TypeScript entry', () => {
  expect(enginePath()).toMatch(/proxy-core\/engine\/engine-process\.ts$/)
  expect(statSync(enginePath()).isFile()).toBe(true)
})

test('in a build the engine lies beside the code or above its chunk, and its absence is named', () => {
  mkdirSync(join(root, 'chunks'))
  const code = join(root, 'chunks', 'host-abc.js')
  expect(() => modulePath('ignored.ts', 'engine', code)).toThrow('engine.js is missing beside')
  writeFileSync(join(root, 'engine.js'), '')
  expect(modulePath('ignored.ts', 'engine', code)).toBe(join(root, 'engine.js'))
  expect(modulePath('ignored.ts', 'engine', join(root, 'cli.js'))).toBe(join(root, 'engine.js'))
})
