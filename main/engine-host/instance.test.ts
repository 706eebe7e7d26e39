/** Contract: who holds an instance leaves word of where its admin API answers, as long as it does. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { readEndpoint } from './admin-endpoint.ts'
import { Instance } from './instance.ts'

const ADMIN = {
  address: '0.0.0.0:9443',
  scheme: 'https',
  certificateFile: '/etc/site.pem'
} as const

let stateDirectory: string

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  stateDirectory = join(folder.path, 'web')
})

async function hold(): Promise<Instance> {
  const log = { info: () => {} }
  const instance = await Instance.hold({
    stateDirectory,
    config: '/etc/web.yaml',
    shutdownTimeoutMs: 0,
    log
  })
  onTestFinished(() => instance.release())
  return instance
}

test('the place is in a file for its owner only, follows changes, and goes with the instance', async () => {
  const instance = await hold()
  expect(await readEndpoint(stateDirectory)).toBeNull()
  await instance.noteAdmin(ADMIN)
  const file = join(stateDirectory, 'admin.json')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    url: 'https://127.0.0.1:9443',
    certificateFile: '/etc/site.pem'
  })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await instance.noteAdmin(null)
  expect(await readEndpoint(stateDirectory)).toBeNull()
  await instance.noteAdmin(ADMIN)
  await instance.release()
  expect(await readEndpoint(stateDirectory)).toBeNull()
})

test('a note that comes with the release does not bring the file back', async () => {
  const instance = await hold()
  const noted = [instance.noteAdmin(ADMIN), instance.release(), instance.noteAdmin(ADMIN)]
  await Promise.all(noted)
  expect(await readEndpoint(stateDirectory)).toBeNull()
})

test('what a predecessor that was killed left behind leads nobody astray', async () => {
  const first = await hold()
  await first.release()
  const file = join(stateDirectory, 'admin.json')
  writeFileSync(file, '{"url":"http://127.0.0.1:9000","certificateFile":null}')
  await hold()
  expect(await readEndpoint(stateDirectory)).toBeNull()
})

test('a file that is none of ours says nothing', async () => {
  await hold()
  for (const text of ['', '{', '{"url":1}', '[]']) {
    writeFileSync(join(stateDirectory, 'admin.json'), text)
    expect(await readEndpoint(stateDirectory)).toBeNull()
  }
})
