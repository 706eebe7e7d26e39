/** Contract: the demo workspace is what its own comments say, and its backend answers. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import { ChildServer } from '../servers/child-server.ts'
import { freePort } from '../servers/free-ports.ts'
import { exchangeOnce } from '../servers/raw-client.ts'

const FOLDER = fileURLToPath(new URL('../../resources/demo/', import.meta.url))
const yaml = readFileSync(`${FOLDER}switchyard.yaml`, 'utf8')

test('the configuration has neither problems nor warnings', () => {
  const loaded = loadConfig(yaml, { file: 'switchyard.yaml', baseDir: FOLDER })
  expect(loaded.ok ? [] : loaded.problems).toEqual([])
  expect(loaded.warnings).toEqual([])
})

test('the commands in its comments start exactly its backends', () => {
  const loaded = loadConfig(yaml, { file: 'switchyard.yaml', baseDir: FOLDER })
  const started = [...yaml.matchAll(/^#\s+node resources\/demo\/backend\.mjs (\w+) (\d+)$/gm)]
  const addresses = started.map(([, , port]) => `127.0.0.1:${port}`)
  const backends = loaded.ok ? loaded.settings.pools.flatMap((pool) => pool.backends) : []
  expect(backends.map(({ address }) => address)).toEqual(addresses)
  expect(new Set(started.map(([, name]) => name)).size).toBe(2)
})

test('a demo backend names itself, counts, and passes its health check', async () => {
  const port = await freePort()
  const backend = await ChildServer.start(
    process.execPath,
    [`${FOLDER}backend.mjs`, 'blue', String(port)],
    { readyWhen: /blue listens on/ }
  )
  onTestFinished(async () => {
    await backend.stop()
  })
  const get = async (path: string): Promise<string> =>
    (await exchangeOnce(port, `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`)).body.toString()
  expect(await get('/health')).toBe('ok\n')
  expect(await get('/a')).toBe('blue answered GET /a (its request 1)\n')
  expect(await get('/b')).toBe('blue answered GET /b (its request 2)\n')
})
