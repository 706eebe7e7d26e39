/** Contract: every call about workspace, configuration, set-up and demo answers as its schema says. */
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { METHODS, type MethodName } from '../../../preload/contract/methods.ts'
import type { WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import type { CallContext } from '../../contract/method-handlers.ts'
import { SetupDesk } from '../setup/setup-desk.ts'
import { setupHandlers } from '../setup/setup-handlers.ts'
import { hashOf } from './config-text.ts'
import { API, API_2, WorkspaceFixture } from './testing/workspace-fixture.ts'
import { workspaceHandlers, workspaceTopic, type WorkspaceAbilities } from './workspace-handlers.ts'

const SCHEMA_FILE = join(import.meta.dirname, '../../../resources/switchyard.schema.json')
const CALL: CallContext = { signal: new AbortController().signal, actor: 'operator (test)' }

type Handler = (args: never, call: CallContext) => unknown

interface Desk {
  readonly fixture: WorkspaceFixture
  /** The result after its schema has seen it. */
  call(name: MethodName, args: unknown): Promise<unknown>
}

async function desk(abilities: Partial<WorkspaceAbilities> = {}): Promise<Desk> {
  const fixture = await WorkspaceFixture.make()
  writeFileSync(fixture.path('a.yaml'), API)
  const { workspace } = fixture
  const setup = new SetupDesk({
    clock: systemClock,
    stateFolder: fixture.path('state'),
    openFile: (file) => workspace.open(file)
  })
  const handlers: Readonly<Record<string, Handler>> = {
    ...workspaceHandlers(workspace, { schemaFile: SCHEMA_FILE, ...abilities }),
    ...setupHandlers(setup, workspace)
  }
  return {
    fixture,
    async call(name, args) {
      const { args: argsSchema, result } = METHODS[name]
      return result.parse(await handlers[name]!(argsSchema.parse(args) as never, CALL))
    }
  }
}

test('open, stage, look and give up', async () => {
  const { call, fixture } = await desk()
  const file = fixture.path('a.yaml')
  expect(await call('workspace.open', { file: fixture.path('a.yaml') })).toMatchObject({
    kind: 'file'
  })
  expect(await call('config.stage', { file, base: hashOf(API), text: API_2 })).toMatchObject({
    staged: { text: API_2 }
  })
  expect(await call('config.check', { text: 'pools: 1\n' })).toMatchObject([{ severity: 'error' }])
  const backend = { file, pool: 'api', address: '10.0.0.3:80', weight: 100, level: 0 }
  expect(await call('config.stageBackend', backend)).toMatchObject({
    changes: ['2 backends added to api (10.0.0.2:80, 10.0.0.3:80)']
  })
  expect(await call('config.unstage', { file })).toMatchObject({ changes: [] })
  expect(await call('config.review', {})).toMatchObject({ staged: { text: API } })
  expect(await call('config.versions', {})).toMatchObject([{ id: 1, isRunning: true }])
  expect(await call('config.version', { id: 1 })).toMatchObject({ text: API })
  expect(await call('workspace.dismissLastEnd', {})).toMatchObject({ lastEnd: null })
})

test('the schema is the one of the option reference', async () => {
  const { call } = await desk()
  expect(await call('config.schema', {})).toMatchObject({ properties: { pools: {} } })
  const broken = await desk({ schemaFile: '/nowhere/schema.json' })
  await expect(broken.call('config.schema', {})).rejects.toMatchObject({
    code: 'INSTALLATION_INCOMPLETE'
  })
})

test('nothing takes the place of a file that serves, until that is closed', async () => {
  const { call, fixture } = await desk()
  await call('workspace.open', { file: fixture.path('a.yaml') })
  const serves = { code: 'WORKSPACE_SERVES' }
  const port = 8080
  const attempts = [
    call('workspace.open', { file: fixture.path('b.yaml') }),
    call('setup.start', { addresses: ['127.0.0.1:9'], port }),
    call('demo.start', {})
  ]
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject(serves)
  expect(await call('workspace.open', { file: fixture.path('a.yaml') })).toMatchObject({
    name: 'a.yaml'
  })
})

test('choosing asks the host, where it can', async () => {
  const without = await desk()
  await expect(without.call('workspace.choose', {})).rejects.toMatchObject({
    code: 'ABILITY_MISSING'
  })
  const cancelled = await desk({ chooseFile: () => Promise.resolve(null) })
  expect(await cancelled.call('workspace.choose', {})).toBeNull()
  const chosen: Desk = await desk({
    chooseFile: () => Promise.resolve(chosen.fixture.path('a.yaml'))
  })
  expect(await chosen.call('workspace.choose', {})).toMatchObject({ name: 'a.yaml' })
})

test('set-up probes, finds a port and starts', async () => {
  const { call, fixture } = await desk()
  expect(await call('setup.probe', { address: 'not an address' })).toMatchObject({
    outcome: 'invalid',
    address: null
  })
  const { port } = (await call('setup.port', { port: null })) as { port: number }
  const started = await call('setup.start', { addresses: ['127.0.0.1:9'], port })
  expect(started).toMatchObject({
    workspace: { kind: 'file', name: 'my-backends.yaml', problems: [] },
    curl: `curl http://127.0.0.1:${port}/`
  })
  expect(fixture.engine.running).not.toBeNull()
  expect(await call('demo.stop', {})).toMatchObject({ kind: 'file' })
})

test('the topic tells the state at once and then every other one', async () => {
  const { fixture } = await desk()
  const heard: WorkspaceState['kind'][] = []
  const release = workspaceTopic(fixture.workspace).open({}, ({ kind }) => heard.push(kind))
  await fixture.workspace.open(fixture.path('a.yaml'))
  release()
  await fixture.workspace.close()
  expect(heard).toEqual(['none', 'file'])
})
