/** Contract: Switchyard is measured with configurations that it accepts, without a warning. */
import { expect, it } from 'vitest'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import type { EngineSettings } from '../../proxy-core/model/settings.ts'
import { routesOf } from './scaling.ts'
import { PLAIN, switchyardDocument, type DocumentSetting } from './switchyard-document.ts'

const SETTING: DocumentSetting = {
  port: 20_000,
  adminPort: 20_001,
  backendPorts: [20_002, 20_003],
  routes: [],
  ...PLAIN
}

function settingsOf(setting: DocumentSetting): EngineSettings {
  const result = loadConfig(switchyardDocument(setting), { file: 'bench.yaml', baseDir: '/' })
  expect(result).toMatchObject({ ok: true, warnings: [] })
  if (!result.ok) throw new Error('not valid')
  return result.settings
}

it('is plain: no access log, no health checks, two backends in rotation', () => {
  const settings = settingsOf(SETTING)
  expect(settings.listeners[0]?.accessLog).toBeNull()
  expect(settings.pools[0]).toMatchObject({ algorithm: 'round_robin' })
  expect(settings.pools[0]?.backends.map((backend) => backend.healthCheck)).toEqual([null, null])
})

it('is full: combined access log in a file, HTTP health checks, open metrics', () => {
  const settings = settingsOf({ ...SETTING, accessLogFile: '/logs/access', hasHealthChecks: true })
  expect(settings.listeners[0]?.accessLog).toEqual({ format: 'combined', file: '/logs/access' })
  expect(settings.pools[0]?.backends[0]?.healthCheck).toMatchObject({
    type: 'http',
    intervalMs: 2000
  })
  expect(settings.admin.metrics).toBe('open')
})

it('has as many different routes as were asked for', () => {
  const { routes } = settingsOf({ ...SETTING, routes: routesOf(1000) })
  const keys = routes.map((route) => `${JSON.stringify(route.host)}${route.pathPrefix}`)
  expect(new Set(keys).size).toBe(1000)
})
