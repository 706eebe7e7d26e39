/** Makes the services of the console and connects what one tells to who wants to hear it. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { PlanRequest } from '../../preload/contract/plan.ts'
import { errorShare, readTrafficRow } from '../../proxy-core/model/traffic-row.ts'
import type { ConsoleParts } from './console-parts.ts'
import { DiagnosticsDesk } from './diagnostics/diagnostics-desk.ts'
import { EngineSession } from './engine/engine-session.ts'
import { History } from './history/history.ts'
import { LiveBoard } from './live/live-board.ts'
import { counted, localTime } from './live/wording.ts'
import { ConsoleNotifications } from './notifications/console-notifications.ts'
import { PlanDesk } from './plans/plan-desk.ts'
import { planKinds } from './plans/plan-kinds.ts'
import { AdminEnds } from './pools/admin-ends.ts'
import { PreferencesStore } from './preferences/preferences-store.ts'
import { openSecretStore } from './secrets/open-secret-store.ts'
import type { SecretStore } from './secrets/secret-store.ts'
import { anyFreePort } from './setup/free-port.ts'
import { SetupDesk } from './setup/setup-desk.ts'
import type { WorkspaceNotice } from './workspace/workspace-notice.ts'
import { Workspace } from './workspace/workspace.ts'

/** Of a plan's name: nobody can guess one that another page has made. */
const PLAN_ID_BYTES = 18

export interface ConsoleServices {
  readonly engine: EngineSession
  readonly board: LiveBoard
  readonly ends: AdminEnds
  readonly plans: PlanDesk
  readonly workspace: Workspace
  readonly setup: SetupDesk
  readonly history: History
  readonly preferences: PreferencesStore
  readonly secrets: SecretStore
  readonly diagnostics: DiagnosticsDesk
  readonly notifications: ConsoleNotifications
}

/** Nothing is open yet. Throws STATE_UNUSABLE. */
export async function createServices(parts: ConsoleParts): Promise<ConsoleServices> {
  const { clock, version, stateFolder, say } = parts
  const history = await History.open({ clock, stateFolder, version, pid: process.pid, say })
  try {
    return await aroundHistory(parts, history)
  } catch (error) {
    await history.close()
    throw error
  }
}

async function aroundHistory(parts: ConsoleParts, history: History): Promise<ConsoleServices> {
  const { clock, version, stateFolder, environment, launchEngine: launch, say } = parts
  const preferences = openPreferences(parts, history)
  const secrets = await openSecretStore({
    ...{ folder: stateFolder, environment, vault: parts.secretVault },
    say
  })
  const engine = new EngineSession({ clock, version, launch, secrets, say })
  const file = join(stateFolder, 'admin-ends.json')
  const ends = await AdminEnds.open({ file, clock, engine, audit: history.audit, say })
  const board = new LiveBoard({ clock, engine, ends, say })
  const workspace = await openWorkspace(parts, { engine, history, preferences })
  const { config } = workspace
  const demo = {
    setBackend: (name: string, isRunning: boolean) => workspace.setDemoBackend(name, isRunning)
  }
  const services = { clock, live: board, engine, ends, workspace, config, demo, time: localTime }
  const plans = new PlanDesk({
    clock,
    kinds: planKinds(services),
    audit: history.audit,
    isReadOnly: () => preferences.current.safety.isReadOnly,
    newPlanId: () => randomBytes(PLAN_ID_BYTES).toString('base64url')
  })
  const setup = new SetupDesk({ clock, stateFolder, openFile: (path) => workspace.open(path) })
  const diagnostics = new DiagnosticsDesk({
    ...{ clock, version, stateFolder, settingsFile: preferences.path, secrets },
    history: history.store,
    engineStatus: () => engine.status,
    workspaceSize: () => sizeOf(board)
  })
  connectHistory({ history, engine, board, workspace })
  const notifications = openNotifications(parts, { engine, history })
  return {
    ...{ engine, board, ends, plans, workspace, setup },
    ...{ history, preferences, secrets, diagnostics, notifications }
  }
}

function openPreferences(
  { clock, settingsFolder, openSettings, say }: ConsoleParts,
  history: History
): PreferencesStore {
  const onProblem = (text: string): void => {
    say(text)
    history.events.append({
      ...{ kind: 'console', severity: 'warning', actor: 'console', text },
      code: 'SETTINGS_INVALID'
    })
  }
  return new PreferencesStore({
    ...{ folder: settingsFolder, clock, onProblem },
    ...(openSettings === undefined ? {} : { openFile: openSettings })
  })
}

function openNotifications(
  { clock, environment, say }: ConsoleParts,
  { engine, history }: Pick<ConsoleServices, 'engine' | 'history'>
): ConsoleNotifications {
  const notifications = new ConsoleNotifications({
    ...{ clock, random: Math.random, environment, say },
    onProblem: (text, code) =>
      history.events.append({
        ...{ kind: 'console', severity: 'warning', actor: 'console', text, code }
      }),
    publish: (counters) => engine.noteNotifications(counters)
  })
  engine.onLoad((running) => notifications.follow(running))
  engine.onEngineEvent((event) => notifications.take(event))
  return notifications
}

interface WorkspaceSurroundings {
  readonly preferences: PreferencesStore
  readonly engine: EngineSession
  readonly history: History
}

function openWorkspace(
  { clock, stateFolder, environment, say }: ConsoleParts,
  { engine, history, preferences }: WorkspaceSurroundings
): Promise<Workspace> {
  return Workspace.create({
    ...{ clock, engine, stateFolder, environment, say },
    versions: history.configVersions,
    lastEnd: history.session,
    errorShare: () => shareNow(engine),
    findPort: anyFreePort,
    isReadOnly: () => preferences.current.safety.isReadOnly,
    notice: (notice) => takeNotice(notice, history, say)
  })
}

/** Of all listeners, in the live window; null = nothing was asked for. */
function shareNow({ tick }: EngineSession): number | null {
  const rates = tick && readTrafficRow(tick.total)
  return rates && rates.rps > 0 ? errorShare(rates) : null
}

function takeNotice(
  { severity, text, code, restoreVersionId }: WorkspaceNotice,
  history: History,
  say: (line: string) => void
): void {
  say(text)
  const offer: PlanRequest | null =
    restoreVersionId === null ? null : { kind: 'restore_config', versionId: restoreVersionId }
  history.events.append({ kind: 'config', severity, actor: 'console', text, code, offer })
}

type Connected = Pick<ConsoleServices, 'history' | 'engine' | 'board' | 'workspace'>

/** The listeners end with the services that they listen to. */
function connectHistory({ history, engine, board, workspace }: Connected): void {
  engine.onEngineEvent((event) => history.takeHostEvent(event))
  engine.onFleet((fleet) => history.takeFleet(fleet))
  engine.onTick((tick) => history.takeTick(tick, engine.fleet))
  engine.onStatus(({ phase }) => {
    if (phase === 'none') history.forgetEngine()
    else history.session.noteEngine(phase === 'stopped' ? null : engine.stateDirectory)
  })
  board.onErrors((change) => history.takeErrors(change))
  history.session.onLastEnd(() => workspace.refreshState())
}

/** "3 pools, 12 backends, 1 listener"; "" while nothing runs. */
function sizeOf({ fleet }: LiveBoard): string {
  const { pools, listeners, engine } = fleet
  if (engine.phase === 'none') return ''
  const backends = pools.reduce((sum, pool) => sum + pool.backends.length, 0)
  return [
    counted(pools.length, 'pool'),
    counted(backends, 'backend'),
    counted(listeners.length, 'listener')
  ].join(', ')
}
