/**
 * Contract: the workspace with real engines on real sockets. A reload keeps what the engine has
 * learnt, the demo comes in one step and goes without a trace, and a kill loses no edit.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { startBackend } from '../../../test/servers/engine-fixture.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { freePort } from '../../../test/servers/free-ports.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { forkEngine } from '../../engine-host/engine-child.ts'
import { enginePath } from '../../engine-host/module-path.ts'
import { EngineSession } from '../engine/engine-session.ts'
import { MemorySecretStore } from '../secrets/memory-secret-store.ts'
import { hashOf } from './config-text.ts'
import { stage, WorkspaceFixture } from './testing/workspace-fixture.ts'

function session(): EngineSession {
  return new EngineSession({
    clock: systemClock,
    version: '0.0.0-test',
    launch: () => forkEngine(enginePath()),
    secrets: new MemorySecretStore(null),
    say: () => {}
  })
}

async function answer(url: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return { status: response.status, body: await response.text() }
}

describe('a file', () => {
  test('runs, changes, is applied and restored, and keeps what an operator set', async () => {
    const fixture = await WorkspaceFixture.with(session())
    const { workspace, engine } = fixture
    const [one, two] = [await startBackend('one'), await startBackend('two')]
    const ports = { web: await freePort(), admin: await freePort() }
    const text = (...addresses: readonly string[]): string => `version: 1
admin: { address: 127.0.0.1:${ports.admin} }
shutdown_timeout: 1s
listeners: [{ name: web, address: 127.0.0.1:${ports.web} }]
routes: [{ pool: main }]
pools:
  - name: main
    backends:
${addresses.map((address) => `      - { address: "${address}" } # ours`).join('\n')}
`
    const url = `http://127.0.0.1:${ports.web}/`
    writeFileSync(fixture.path('a.yaml'), text(one.address))
    await workspace.open(fixture.path('a.yaml'))
    expect((await answer(url)).body).toContain('one')

    await engine.command({
      ...{ name: 'set_admin_state', state: 'drain', reason: 'test' },
      pool: 'main',
      backend: one.address
    })
    const { file } = workspace.state
    const added = { file, pool: 'main', address: two.address, weight: 100, level: 0 }
    await workspace.config.stageBackend(added)
    const applied = await workspace.config.applyStaged('operator', 'more room')
    expect(applied.sentence).toBe(`Applied: 1 backend added to main (${two.address}).`)
    expect(fixture.text('a.yaml')).toContain('# ours\n      - { address:')
    for (let request = 0; request < 4; request++) {
      expect((await answer(url)).body).toContain('two')
    }
    await eventually('the drained backend in the fleet', () =>
      engine.fleet?.pools[0]?.backends.some(
        ({ address, adminState }) => address === one.address && adminState === 'drain'
      )
    )

    writeFileSync(fixture.path('a.yaml'), text(two.address))
    await eventually(
      'the change runs',
      () => workspace.state.runningHash === hashOf(text(two.address))
    )
    await workspace.config.restore(1, 'operator', 'back')
    expect(fixture.text('a.yaml')).toBe(text(one.address))

    await workspace.close()
    await expect(answer(url)).rejects.toThrow()
  })

  test('with another admin address runs in another engine, or in one as before', async () => {
    const fixture = await WorkspaceFixture.with(session())
    const { workspace, engine } = fixture
    const backend = await startBackend('one')
    const ports = { web: await freePort(), admin: await freePort(), moved: await freePort() }
    const url = `http://127.0.0.1:${ports.web}/`
    const text = (admin: number, web: number): string => `version: 1
admin: { address: 127.0.0.1:${admin} }
shutdown_timeout: 1s
listeners: [{ name: web, address: 127.0.0.1:${web} }]
routes: [{ pool: main }]
pools: [{ name: main, backends: [{ address: "${backend.address}" }] }]
`
    writeFileSync(fixture.path('a.yaml'), text(ports.admin, ports.web))
    await workspace.open(fixture.path('a.yaml'))
    const { pid } = engine.status

    await stage(workspace, text(ports.moved, ports.web))
    const { restart } = await workspace.config.planStaged()
    expect(restart).toMatchObject({ drainMs: 1_000 })
    await workspace.config.applyStaged('operator', '')
    expect(engine.status).toMatchObject({ phase: 'running', restarts: 0 })
    expect(engine.status.pid).not.toBe(pid)
    expect((await answer(url)).body).toContain('one')
    expect(await answer(`http://127.0.0.1:${ports.moved}/health/live`)).toMatchObject({
      status: 200
    })
    await expect(answer(`http://127.0.0.1:${ports.admin}/health/live`)).rejects.toThrow()

    const moved = text(ports.moved, ports.web)
    await stage(workspace, text(ports.admin, backend.port))
    await expect(workspace.config.applyStaged('operator', '')).rejects.toMatchObject({
      code: 'PORT_IN_USE'
    })
    expect(fixture.text('a.yaml')).toBe(moved)
    expect(workspace.state.runningHash).toBe(hashOf(moved))
    expect((await answer(url)).body).toContain('one')
  })
})

describe('a restart whose admin API cannot be opened', () => {
  test('is refused with its address, and what ran before runs again', async () => {
    const fixture = await WorkspaceFixture.with(session())
    const { workspace } = fixture
    const backend = await startBackend('one')
    const ports = { web: await freePort(), admin: await freePort() }
    const text = (admin: number): string => `version: 1
admin: { address: 127.0.0.1:${admin} }
shutdown_timeout: 1s
listeners: [{ name: web, address: 127.0.0.1:${ports.web} }]
routes: [{ pool: main }]
pools: [{ name: main, backends: [{ address: "${backend.address}" }] }]
`
    writeFileSync(fixture.path('a.yaml'), text(ports.admin))
    await workspace.open(fixture.path('a.yaml'))
    await stage(workspace, text(backend.port))
    await expect(workspace.config.applyStaged('operator', '')).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `The engine could not open the admin API on 127.0.0.1:${backend.port}.`
    })
    expect(fixture.text('a.yaml')).toBe(text(ports.admin))
    expect(workspace.state).toMatchObject({
      runningHash: hashOf(text(ports.admin)),
      stagedHash: hashOf(text(backend.port))
    })
    expect((await answer(`http://127.0.0.1:${ports.web}/`)).body).toContain('one')
    expect(await answer(`http://127.0.0.1:${ports.admin}/health/live`)).toMatchObject({
      status: 200
    })
  })
})

describe('the demo', () => {
  test('runs in one step, survives a killed backend, and leaves nothing', async () => {
    const fixture = await WorkspaceFixture.with(session())
    const { workspace } = fixture
    const { demo, recentFiles } = await workspace.startDemo()
    expect(recentFiles).toEqual([])
    const { listenerUrl, backends } = demo!
    expect(workspace.state.problems).toEqual([])
    expect(workspace.config.review().problems).toEqual([])
    const names = async (): Promise<Set<string>> => {
      const answers = await Promise.all(Array.from({ length: 9 }, () => answer(`${listenerUrl}/`)))
      return new Set(answers.map(({ body }) => (JSON.parse(body) as { backend: string }).backend))
    }
    expect([...(await names())].toSorted()).toEqual(['demo-1', 'demo-2', 'demo-3'])

    await workspace.setDemoBackend('demo-2', false)
    expect(workspace.state.demo?.backends[1]).toMatchObject({ name: 'demo-2', isRunning: false })
    const { engine } = fixture
    const health = (): string | undefined =>
      engine.fleet?.pools[0]?.backends.find(({ address }) => address === backends[1]!.address)
        ?.health
    await eventually('the killed backend is down', () => health() === 'down')
    expect([...(await names())].toSorted()).toEqual(['demo-1', 'demo-3'])
    await workspace.setDemoBackend('demo-2', true)
    await eventually('the backend is back', () => health() === 'up')
    await expect(workspace.setDemoBackend('demo-9', true)).rejects.toMatchObject({
      code: 'BACKEND_UNKNOWN'
    })

    const moved = await freePort()
    const shown = workspace.config.review().staged.text
    await stage(
      workspace,
      shown.replace(/127\.0\.0\.1:\d+ \}\nroutes/, `127.0.0.1:${moved} }\nroutes`)
    )
    await workspace.config.applyStaged('operator', '')
    expect(workspace.state.demo?.listenerUrl).toBe(`http://127.0.0.1:${moved}`)
    expect(fixture.versions.kept).toEqual([])
    const served = async (): Promise<number> => {
      const { body } = await answer(`http://127.0.0.1:${moved}/`)
      return (JSON.parse(body) as { request: number }).request
    }
    const before = await served()
    await eventually('the load follows', async () => (await served()) > before + 20)

    await workspace.stopDemo()
    expect(workspace.state).toMatchObject({ kind: 'none', demo: null, recentFiles: [] })
    expect(readdirSync(fixture.path('state'))).toEqual([])
    for (const { address } of backends) {
      await expect(answer(`http://${address}/`)).rejects.toThrow()
    }
  })

  test('closes the file that was open, which stays recent', async () => {
    const fixture = await WorkspaceFixture.make()
    writeFileSync(fixture.path('a.yaml'), 'pools: []\n')
    await fixture.workspace.open(fixture.path('a.yaml'))
    await expect(fixture.workspace.startDemo()).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
    expect(fixture.workspace.state).toMatchObject({
      kind: 'none',
      recentFiles: [fixture.path('a.yaml')]
    })
    expect(existsSync(fixture.path('state/demo'))).toBe(false)
  })
})

describe('a console that is killed between load and write', () => {
  test('finds the old file and the staged edit at its next start', async () => {
    const { root, child } = await dyingConsole('load')
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    const fixture = await WorkspaceFixture.make({ root })
    await fixture.workspace.start()
    expect(fixture.text('a.yaml')).toBe(BEFORE)
    expect(fixture.workspace.state).toMatchObject({
      runningHash: hashOf(BEFORE),
      staged: ['1 backend added to api (10.0.0.2:80)']
    })
    expect(fixture.workspace.config.review().staged.text).toBe(AFTER)
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([])
    await fixture.workspace.config.applyStaged('operator', 'again')
    expect(fixture.text('a.yaml')).toBe(AFTER)
  })

  test('has no staged edit left when it was killed after the write', async () => {
    const { root, child } = await dyingConsole('written')
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    const fixture = await WorkspaceFixture.make({ root })
    expect(readdirSync(join(root, 'state/staged'))).toHaveLength(1)
    await fixture.workspace.start()
    expect(fixture.workspace.state).toMatchObject({ runningHash: hashOf(AFTER), staged: [] })
    expect(readdirSync(join(root, 'state/staged'))).toEqual([])
  })
})

const BEFORE = 'pools: [{ name: api, backends: [{ address: "10.0.0.1:80" }] }]\n'
const AFTER = BEFORE.replace(':80" }', ':80" }, { address: "10.0.0.2:80" }')

/** Another process that stages and applies, and kills itself at the named moment. */
async function dyingConsole(
  at: 'load' | 'written'
): Promise<{ root: string; child: ChildProcess }> {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  folder.write('a.yaml', BEFORE)
  const child = fork(join(import.meta.dirname, 'testing/dying-console.ts'), [
    folder.path,
    AFTER,
    at
  ])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  return { root: folder.path, child }
}
