/** A workspace on real files in a folder of its own, closed and removed when the test ends. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock, type Clock } from '../../../../proxy-core/time/clock.ts'
import { temporaryFolder } from '../../../../test/servers/temporary-folder.ts'
import { anyFreePort } from '../../setup/free-port.ts'
import type { EngineDesk } from '../engine-desk.ts'
import { Workspace } from '../workspace.ts'
import type { WorkspaceNotice } from '../workspace-notice.ts'
import { DeskEngine } from './desk-engine.ts'
import { MemoryVersions } from './memory-versions.ts'

export { stage } from './stage.ts'

export interface FixtureOptions {
  readonly clock?: Clock
  /** Of an earlier fixture: the same console, started again. */
  readonly root?: string
}

export class WorkspaceFixture<Engine extends EngineDesk = DeskEngine> {
  readonly root: string
  readonly engine: Engine
  readonly versions = new MemoryVersions()
  readonly notices: WorkspaceNotice[] = []
  errorShare: number | null = null
  isReadOnly = false
  lastEnd: { readonly atMs: number; readonly sentence: string } | null = null
  #workspace: Workspace | null = null

  private constructor(engine: Engine, root: string) {
    this.engine = engine
    this.root = root
  }

  static make(options: FixtureOptions = {}): Promise<WorkspaceFixture> {
    return WorkspaceFixture.with(new DeskEngine(), options)
  }

  static async with<Engine extends EngineDesk>(
    engine: Engine,
    { clock = systemClock, root }: FixtureOptions = {}
  ): Promise<WorkspaceFixture<Engine>> {
    const fixture = new WorkspaceFixture(engine, root ?? folderForTest())
    const stateFolder = join(fixture.root, 'state')
    fixture.#workspace = await Workspace.create({
      clock,
      engine,
      stateFolder,
      environment: { XDG_STATE_HOME: join(fixture.root, 'engines') },
      versions: fixture.versions,
      errorShare: () => fixture.errorShare,
      lastEnd: {
        get current() {
          return fixture.lastEnd
        },
        dismiss: () => (fixture.lastEnd = null)
      },
      findPort: anyFreePort,
      isReadOnly: () => fixture.isReadOnly,
      notice: (notice) => fixture.notices.push(notice),
      say: (line) => console.error(line)
    })
    onTestFinished(() => fixture.workspace.stop())
    return fixture
  }

  get workspace(): Workspace {
    return this.#workspace!
  }

  readonly path = (name: string): string => join(this.root, name)

  readonly text = (name: string): string => readFileSync(this.path(name), 'utf8')
}

export const API =
  'pools: [{ name: api, backends: [{ address: "10.0.0.1:80" }] }]\nroutes: [{ pool: api }]\n'
/** One backend more. */
export const API_2 = API.replace('"10.0.0.1:80" }', '"10.0.0.1:80" }, { address: "10.0.0.2:80" }')
/** A key that nobody knows, in line 2. */
export const BROKEN = API.replace('routes', 'rotes')
/** The same, and a webhook whose address nobody else may see. */
export const withSecret = (secret: string): string =>
  `${API}failover: { notification: { channels: [{ type: webhook, url: "https://h.test/${secret}" }] } }\n`

/** Who applies, and why. */
export const BY = ['operator (test)', 'because'] as const

/** A workspace with this text open as `a.yaml`. */
export async function opened(text: string = API): Promise<WorkspaceFixture> {
  const fixture = await WorkspaceFixture.make()
  writeFileSync(fixture.path('a.yaml'), text)
  await fixture.workspace.open(fixture.path('a.yaml'))
  return fixture
}

/** The same console, started again; nothing is open yet. */
export function again({ root }: WorkspaceFixture): Promise<WorkspaceFixture> {
  return WorkspaceFixture.make({ root })
}

function folderForTest(): string {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  return folder.path
}
