/** Contract: the facts of this process and its services, and a report that can be shown around. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { diagnosticsSchema } from '../../../preload/contract/methods/console-methods.ts'
import type { EngineStatus } from '../../../preload/contract/live-state.ts'
import { HistoryFixture } from '../history/testing/history-file-fixture.ts'
import { MemorySecretStore } from '../secrets/memory-secret-store.ts'
import { DiagnosticsDesk } from './diagnostics-desk.ts'

const running: EngineStatus = {
  ...{ phase: 'running', pid: 4712, restarts: 1, startedAtMs: 5 },
  ...{ reason: 'The engine process was ended by SIGKILL.', restartAtMs: null }
}

function begun(): { desk: DiagnosticsDesk; fixture: HistoryFixture; secrets: MemorySecretStore } {
  const fixture = new HistoryFixture()
  const secrets = new MemorySecretStore(null)
  const desk = new DiagnosticsDesk({
    clock: fixture.clock,
    version: '1.2.3',
    stateFolder: fixture.folder,
    settingsFile: join(fixture.folder, 'switchyard-settings.json'),
    history: fixture.store(),
    secrets,
    engineStatus: () => running,
    workspaceSize: () => '1 pool, 3 backends, 1 listener'
  })
  onTestFinished(() => desk.stop())
  return { desk, fixture, secrets }
}

test('the facts fit the contract', () => {
  const { desk } = begun()
  const facts = diagnosticsSchema.parse(desk.read())
  expect(facts).toMatchObject({
    ...{ version: '1.2.3', nodeVersion: process.versions.node, electronVersion: null },
    ...{ enginePid: 4712, engineRestarts: 1 },
    secretStore: { kind: 'memory', description: 'memory only: not saved' }
  })
  expect(facts.residentBytes).toBeGreaterThan(10_000_000)
})

test('the report has them in lines', () => {
  const { desk, fixture } = begun()
  fixture.clock.advance(7_500_000)
  const lines = desk.read().report.split('\n')
  expect(lines).toContain('Switchyard      1.2.3')
  expect(lines).toContain('Taken           2026-01-01T02:05:00.000Z')
  expect(lines).toContain(`Console         process ${process.pid}, up 2 h 5 m`)
  expect(lines).toContain('Engine          running, process 4712, 1 restart')
  expect(lines).toContain('Workspace       1 pool, 3 backends, 1 listener')
  expect(lines).toContain(`History         ${fixture.file}, 0 transactions, 0 rows given up`)
  expect(lines).toContain('Secrets         memory only: not saved')
})

test('secrets and the environment are not in it', async () => {
  const { desk, secrets } = begun()
  await secrets.set('kong', 'hunter2')
  process.env['SWITCHYARD_TEST_SECRET'] = 'hunter3'
  onTestFinished(() => void delete process.env['SWITCHYARD_TEST_SECRET'])
  expect(JSON.stringify(desk.read())).not.toMatch(/hunter/)
})

test('a late event loop is seen', async () => {
  const { desk, fixture } = begun()
  const { clock } = fixture
  clock.advance(1000)
  expect(desk.read().loopLagP99Ms).toBeLessThan(1)
  const now = clock.now.bind(clock)
  clock.now = () => now() + 400
  clock.advance(60)
  expect(desk.read().loopLagP99Ms).toBeGreaterThan(300)
})

test('a stopped desk leaves no timer', () => {
  const { desk, fixture } = begun()
  desk.stop()
  expect(fixture.clock.pendingCount).toBe(0)
})
