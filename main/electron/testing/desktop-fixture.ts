/** A desktop session against the double of Electron, with services that a test plays. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DesktopFacts, DoubleMenuItem } from '../../../test/electron-double/desktop.ts'
import { electronDouble } from '../../../test/electron-double/electron.ts'
import type { DoubleWindow } from '../../../test/electron-double/window.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'
import type { IncidentBoard } from '../../../preload/contract/incident.ts'
import type { Preferences } from '../../../preload/contract/preferences.ts'
import type { ServiceStatus, Verdict } from '../../../preload/contract/status.ts'
import type { Console, ConsoleParts } from '../../console/console-parts.ts'
import { DEFAULT_PREFERENCES } from '../../console/preferences/default-preferences.ts'
import { SETTINGS_NAME } from '../../console/preferences/settings-file.ts'
import { contractParts } from '../../contract/testing/contract-host.ts'
import { startDesktop } from '../index.ts'
import { CUT_DEADLINE_MS, STOP_DEADLINE_MS } from '../quitting.ts'
import type { WindowPlace } from '../window-place.ts'

const SETTINGS_FOLDER = '.config/switchyard'
const SETTINGS_FILE = `${SETTINGS_FOLDER}/${SETTINGS_NAME}.json`

export const STOPPED = 'The console and its engine are stopped.'

export function verdictOf(status: ServiceStatus): Verdict {
  return {
    ...{ status, sentence: `It is ${status}.`, short: 'api 3/4' },
    ...{ servingBackends: 3, totalBackends: 4 }
  }
}

export class DesktopFixture {
  readonly folder: TemporaryFolder
  readonly clock = new ManualClock()
  readonly lines: string[] = []
  /** The parts that the services were made with. */
  made: ConsoleParts | null = null
  preferences: Preferences = DEFAULT_PREFERENCES
  sentence = 'Quit and stop the proxy (84 req/s)'
  verdict: Verdict = verdictOf('serving')
  stops = 0
  cuts = 0
  /** A stop waits for it. */
  stopping: Promise<void> = Promise.resolve()
  readonly #verdictListeners = new Set<(verdict: Verdict) => void>()
  #pushIncidents: (board: IncidentBoard) => void = () => {}

  constructor() {
    this.folder = temporaryFolder()
    mkdirSync(join(this.folder.path, 'page/assets'), { recursive: true })
    this.folder.write('page/index.html', '<title>page</title>')
    this.folder.write('page/assets/a-1.js', '1')
  }

  async start(facts: Partial<DesktopFacts> = {}, platform = 'linux'): Promise<DoubleWindow> {
    electronDouble.reset(facts)
    const root = join(import.meta.dirname, '../../..')
    const starting = startDesktop({
      install: {
        root,
        version: '1.2.3',
        rendererFolder: join(this.folder.path, 'page'),
        preloadFile: '/out/preload/index.cjs',
        iconFile: '/icon.png'
      },
      environment: { HOME: this.folder.path },
      platform,
      clock: this.clock,
      createConsole: (parts) => Promise.resolve(this.#console(parts)),
      say: (line) => this.lines.push(line)
    })
    electronDouble.becomeReady()
    await starting
    return electronDouble.state.windows[0]!
  }

  /** A stop that does not end is left at its deadline. */
  async leave(): Promise<void> {
    this.clock.advance(STOP_DEADLINE_MS + CUT_DEADLINE_MS)
    await turns()
  }

  /** As an earlier session has left it. */
  rememberWindow(place: WindowPlace): void {
    mkdirSync(join(this.folder.path, SETTINGS_FOLDER), { recursive: true })
    this.folder.write(SETTINGS_FILE, JSON.stringify({ window: place }))
  }

  rememberedWindow(): WindowPlace {
    const text = readFileSync(join(this.folder.path, SETTINGS_FILE), 'utf8')
    return (JSON.parse(text) as { window: WindowPlace }).window
  }

  /** Ends what a test left running. */
  async dispose(): Promise<void> {
    const { state } = electronDouble
    if (state.windows.length > 0 && state.exitCode === null) {
      state.app.emit('will-quit', { preventDefault: () => {} })
      await this.ended()
    }
    this.folder.remove()
  }

  /** Resolves with the exit code of the application. */
  async ended(): Promise<number> {
    await eventually('the application ends', () => electronDouble.state.exitCode !== null)
    return electronDouble.state.exitCode!
  }

  become(status: ServiceStatus): void {
    this.verdict = verdictOf(status)
    for (const listener of this.#verdictListeners) listener(this.verdict)
  }

  openIncident(id: number): void {
    const incident = {
      ...{ id, title: 'api: down', openedAtMs: 1, closedAtMs: null, severity: 'critical' as const },
      ...{ pools: ['api'], eventCount: 1, notes: '' }
    }
    this.#pushIncidents({ open: [incident], recent: [] })
  }

  #console(parts: ConsoleParts): Console {
    this.made = parts
    const { handlers, topics } = contractParts(this.clock, {
      handlers: {
        'preferences.change': (patch) =>
          (this.preferences = { ...this.preferences, ...patch } as Preferences)
      },
      topics: {
        preferences: { open: (_args, push) => this.#follow(push) },
        incidents: {
          open: (_args, push) => {
            this.#pushIncidents = push
            return () => {}
          }
        }
      }
    })
    const verdict = (): Verdict => this.verdict
    return {
      handlers,
      topics,
      verdict: {
        get current() {
          return verdict()
        },
        onChange: (listener) => {
          this.#verdictListeners.add(listener)
          return () => this.#verdictListeners.delete(listener)
        }
      },
      stopSentence: () => this.sentence,
      stop: async () => {
        this.stops++
        await this.stopping
        return STOPPED
      },
      cut: () => void this.cuts++
    }
  }

  #follow(push: (preferences: Preferences) => void): () => void {
    push(this.preferences)
    return () => {}
  }
}

/** An item of a menu by the labels that lead to it. */
export function menuItem(
  menu: readonly DoubleMenuItem[],
  ...path: readonly string[]
): DoubleMenuItem {
  const [label, ...rest] = path
  const found = menu.find((one) => one.label === label)
  if (found === undefined) throw new Error(`There is no item ${label} in the menu.`)
  return rest.length === 0 ? found : menuItem(found.submenu ?? [], ...rest)
}

/** Until everything that follows at once has happened. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
