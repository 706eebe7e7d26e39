/** Contract: the files of the example around api-flow load, fit together, and start what their comments say. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import type { EngineSettings } from '../../proxy-core/model/settings.ts'
import { ChildServer } from '../servers/child-server.ts'
import { freePort } from '../servers/free-ports.ts'
import { exchangeOnce } from '../servers/raw-client.ts'

const FOLDER = fileURLToPath(new URL('../../resources/examples/api-flow/', import.meta.url))
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
const README = readFileSync(`${FOLDER}README.md`, 'utf8')

function settingsOf(file: string): EngineSettings {
  const loaded = loadConfig(readFileSync(`${FOLDER}${file}`, 'utf8'), { file, baseDir: FOLDER })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  expect(loaded.warnings).toEqual([])
  return loaded.settings
}

function listenersOf(file: string): readonly string[] {
  return settingsOf(file).listeners.map(({ address }) => `${address.host}:${address.port}`)
}

function backendsOf(file: string): readonly string[] {
  return settingsOf(file).pools.flatMap(({ backends }) => backends.map(({ address }) => address))
}

test('there is one file for each way, and two balancers with a service in front', () => {
  expect(FILES).toEqual([
    '1-one-server.yaml',
    '2-balancer-a.yaml',
    '2-balancer-b.yaml',
    '2-service.yaml',
    '3-three-servers.yaml'
  ])
})

describe.each(FILES)('%s', (file) => {
  test('has neither problems nor warnings', () => {
    settingsOf(file)
  })

  test('is started by a command of the README', () => {
    expect(README).toContain(`npx switchyard run resources/examples/api-flow/${file}\n`)
  })

  test('names in its comments the servers that it sends to', () => {
    const text = readFileSync(`${FOLDER}${file}`, 'utf8')
    const started = [
      ...text.matchAll(/^#\s+node resources\/examples\/api-flow\/api-flow\.mjs [\w-]+ (\d+)$/gm)
    ]
    const addresses = started.map(([, port]) => `127.0.0.1:${port}`)
    if (file !== '2-service.yaml') expect(backendsOf(file)).toEqual(addresses)
  })
})

test('the service sends to the two balancers, which share neither port nor folder', () => {
  const balancers = ['2-balancer-a.yaml', '2-balancer-b.yaml']
  expect(backendsOf('2-service.yaml')).toEqual(balancers.flatMap(listenersOf))
  const admins = ['2-service.yaml', ...balancers].map((file) => settingsOf(file).admin.address.port)
  expect(new Set(admins).size).toBe(3)
  const folders = FILES.flatMap((file) =>
    [...readFileSync(`${FOLDER}${file}`, 'utf8').matchAll(/directory: (\S+),/g)].map(
      ([, name]) => name
    )
  )
  expect(folders).toHaveLength(3)
  expect(new Set(folders).size).toBe(3)
})

test('the service counts the steps of each case, and passes its health check', async () => {
  const port = await freePort()
  const server = await ChildServer.start(
    process.execPath,
    [`${FOLDER}api-flow.mjs`, 'api-flow-0', String(port)],
    { readyWhen: /api-flow-0 listens on/ }
  )
  onTestFinished(async () => {
    await server.stop()
  })
  const send = async (path: string, field: string): Promise<string> => {
    const head = `POST ${path} HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n${field}\r\n`
    return (await exchangeOnce(port, `${head}ab`)).body.toString()
  }
  expect(await send('/health', '')).toBe('ok\n')
  expect(await send('/a', 'X-Process-Id: 17\r\n')).toBe(
    'api-flow-0: case 17, step 1: POST /a, 2 octets\n'
  )
  expect(await send('/b', 'X-Process-Id: 17\r\nX-Buffered-Attempt: 3\r\n')).toBe(
    'api-flow-0: case 17, step 2: POST /b, 2 octets, attempt 3\n'
  )
  expect(await send('/c', 'X-Process-Id: 18\r\n')).toContain('case 18, step 1')
})
