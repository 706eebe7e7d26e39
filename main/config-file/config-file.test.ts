/** Contract: what the engine is sent is what the file says, with the operator's overrides checked. */
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { readConfig } from './config-file.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
})

const POOL =
  'pools: [{ name: api, backends: [{ address: "10.0.0.1:80" }] }]\nroutes: [{ pool: api }]\n'

test('the document is plain JSON, and relative paths start at the folder of the file', async () => {
  const config = await readConfig(folder.write('a.yaml', POOL))
  expect(config.baseDir).toBe(folder.path)
  expect(config.result.ok && structuredClone(config.result.document)).toEqual({
    pools: [{ name: 'api', backends: [{ address: '10.0.0.1:80' }] }],
    routes: [{ pool: 'api' }]
  })
})

test('an override stands in for the file, in the settings and in what the engine is sent', async () => {
  const file = folder.write('a.yaml', `${POOL}admin: { address: "127.0.0.1:9999" }\n`)
  const { result } = await readConfig(file, { adminAuth: 'none' })
  expect(result.ok && result.settings.admin.auth).toBe('none')
  expect(result.ok && result.document).toMatchObject({
    admin: { address: '127.0.0.1:9999', auth: 'none' }
  })
  const plain = await readConfig(file)
  expect(plain.result.ok && plain.result.settings.admin.auth).toBe('token')
})

test('an override that makes the admin API unsafe is a problem', async () => {
  const admin =
    'admin: { address: "0.0.0.0:9000", tls: { cert: a.pem, key: a.key }, allowed_hosts: [a.test] }\n'
  const file = folder.write('a.yaml', POOL + admin)
  expect((await readConfig(file)).result.ok).toBe(true)
  const { result } = await readConfig(file, { adminAuth: 'none' })
  expect(result.ok ? [] : result.problems).toMatchObject([{ code: 'UNSAFE_ADMIN' }])
})

test('the warnings of a file with an override keep their lines', async () => {
  const file = folder.write('a.yaml', 'pools: [{ name: api }]\nroutes: [{ pool: api }]\n')
  const { result } = await readConfig(file, { adminAuth: 'none' })
  expect(result.warnings).toMatchObject([{ code: 'NO_BACKENDS', line: 1 }])
})

test('a secret is looked for where the engine will, and one of the console is refused', async () => {
  const text = (url: string): string =>
    `${POOL}failover: { notification: { channels: [{ type: webhook, url: ${url} }] } }\n`
  const read = async (url: string): Promise<readonly string[]> => {
    const { result } = await readConfig(folder.write('a.yaml', text(url)))
    return result.ok ? [] : result.problems.map(({ code, line }) => `${code} ${line}`)
  }
  folder.write('hook.txt', 'https://hooks.example.test')
  expect(await read('{ file: hook.txt }')).toEqual([])
  expect(await read('{ env: SWITCHYARD_TEST_UNSET }')).toEqual(['SECRET_UNAVAILABLE 3'])
  expect(await read('{ secret: hook }')).toEqual(['SECRET_UNAVAILABLE 3'])
})

test('a file that cannot be read is CONFIG_UNREADABLE with the reason', async () => {
  await expect(readConfig(folder.path)).rejects.toMatchObject({
    code: 'CONFIG_UNREADABLE',
    message: expect.stringContaining('EISDIR')
  })
})
