/** A plan desk over services that do not exist: a test sets what they show and reads what was asked. */
import { ManualClock } from '../../../../test/servers/manual-clock.ts'
import type { EngineCommand } from '../../../../proxy-core/model/control-protocol.ts'
import type { FailoverPreview } from '../../../../proxy-core/model/failover-report.ts'
import type { Fleet, FleetPool } from '../../../../proxy-core/model/engine-telemetry.ts'
import type {
  EngineStatus,
  LiveFleet,
  LiveNumbers
} from '../../../../preload/contract/live-state.ts'
import type {
  Confirmation,
  Plan,
  PlanOutcome,
  PlanRequest
} from '../../../../preload/contract/plan.ts'
import type { WorkspaceState } from '../../../../preload/contract/workspace-state.ts'
import type { LoadOutcome } from '../../../engine-host/engine-link.ts'
import { Listeners } from '../../engine/listeners.ts'
import { NO_ENGINE } from '../../engine/no-engine.ts'
import { judgeBackend } from '../../live/backend-status.ts'
import { judgePool } from '../../live/pool-status.ts'
import type { AppliedConfig, ConfigPlan } from '../../workspace/config-desk.ts'
import { PlanDesk } from '../plan-desk.ts'
import { planKinds } from '../plan-kinds.ts'
import type { PlanServices } from '../plan-services.ts'

export const ACTOR = 'operator (test)'
export const UNCONFIRMED: Confirmation = { isConfirmed: false, typedName: null, reason: '' }
export const CONFIRMED: Confirmation = { isConfirmed: true, typedName: null, reason: '' }

const WORKSPACE: WorkspaceState = {
  kind: 'file',
  name: 'shop.yaml',
  file: '/etc/shop.yaml',
  environment: 'dev',
  runningHash: 'r1',
  diskHash: 'r1',
  stagedHash: null,
  staged: [],
  problems: [],
  recentFiles: [],
  demo: null,
  lastEnd: null
}

export const CONFIG_PLAN: ConfigPlan = {
  subject: 'shop.yaml',
  environment: 'dev',
  changes: ['1 backend added to api'],
  problems: [],
  warnings: [],
  isDestructive: false,
  isHarmless: false,
  restart: null,
  stateHashParts: ['running r1', 'staged s1']
}

interface AuditLine {
  readonly actor: string
  readonly action: string
  readonly reason: string
  readonly outcome: string
}

export class PlanLab {
  readonly clock = new ManualClock()
  readonly audit: AuditLine[] = []
  /** What the services were asked to do, in order. */
  readonly done: string[] = []
  /** Thrown by the next command. */
  refusal: Error | null = null
  /** Thrown when the end of a state is to be kept. */
  endRefusal: Error | null = null
  isReadOnly = false
  /** Of a state that is on its way; undefined = none is. */
  expectedEndMs: number | null | undefined
  /** Whether the fleet follows an activation at once. */
  showsActivation = true
  /** Whether the fleet follows a command. */
  followsCommands = true
  workspace: WorkspaceState = WORKSPACE
  engine: EngineStatus = { ...NO_ENGINE, phase: 'running', pid: 7 }
  config: ConfigPlan = CONFIG_PLAN
  applied: AppliedConfig = { sentence: 'Applied.', versionId: 2, previousVersionId: 1 }
  restarted: LoadOutcome = { ok: true, listeners: [], admin: null }
  numbers: LiveNumbers | null = null
  preview: FailoverPreview = {
    ...{ pool: 'api', fromLevel: 0, toLevel: 1, warnings: [] },
    steps: ['New requests go to level 1.'],
    standby: [{ address: 'r', isEligible: true, health: 'up', reason: '2 probes passed' }]
  }
  readonly desk: PlanDesk
  readonly #onFleet = new Listeners<LiveFleet>((error) => {
    throw error
  })
  #fleet: Fleet
  #ids = 0

  constructor(fleet: Fleet) {
    this.#fleet = fleet
    this.desk = new PlanDesk({
      clock: this.clock,
      kinds: planKinds(this.#services()),
      audit: { record: (line) => this.audit.push(line) },
      isReadOnly: () => this.isReadOnly,
      newPlanId: () => `plan-${++this.#ids}`
    })
  }

  show(fleet: Fleet): void {
    this.#fleet = fleet
    this.#onFleet.tell(this.#live())
  }

  make(request: PlanRequest): Promise<Plan> {
    return this.desk.make(request)
  }

  apply({ planId }: Plan, confirmation: Confirmation = CONFIRMED): Promise<PlanOutcome> {
    return this.desk.apply(planId, confirmation, ACTOR)
  }

  #services(): PlanServices {
    const live = (): LiveFleet => this.#live()
    const numbers = (): LiveNumbers | null => this.numbers
    const engine = (): EngineStatus => this.engine
    const workspace = (): WorkspaceState => this.workspace
    const note = (what: string): Promise<void> => Promise.resolve(void this.done.push(what))
    return {
      clock: this.clock,
      time: (atMs) => new Date(atMs).toISOString().slice(11, 16),
      live: {
        get fleet() {
          return live()
        },
        get numbers() {
          return numbers()
        },
        onFleet: (listener) => this.#onFleet.add(listener)
      },
      engine: {
        get status() {
          return engine()
        },
        command: (command) => this.#command(command),
        failoverPreview: () =>
          this.refusal ? Promise.reject(this.refusal) : Promise.resolve(this.preview),
        activateFailover: (pool, { level, isForced, reason }) =>
          note(`activate ${pool} ${level ?? 'next'} ${isForced} ${reason}`).then(() =>
            this.showsActivation ? this.#hold(pool, this.preview.toLevel) : undefined
          ),
        deactivateFailover: (pool, reason) =>
          note(`deactivate ${pool} ${reason}`).then(() => this.#hold(pool, null))
      },
      ends: {
        expect: (_pool, _backend, untilMs) => {
          this.expectedEndMs = untilMs
          return () => (this.expectedEndMs = undefined)
        },
        set: async (pool, backend, state, untilMs) => {
          await note(`ends ${pool} ${backend} ${state} ${untilMs ?? 'never'}`)
          if (this.endRefusal) throw this.endRefusal
        }
      },
      workspace: {
        get state() {
          return workspace()
        },
        close: () => note('close'),
        setEnvironment: (environment) => note(`environment ${environment}`),
        restartEngine: () => note('restart').then(() => this.restarted)
      },
      config: {
        planStaged: () => Promise.resolve(this.config),
        planRestore: () => Promise.resolve(this.config),
        planDiscard: () => Promise.resolve(this.config),
        applyStaged: (actor, reason) => note(`apply ${actor} ${reason}`).then(() => this.applied),
        discard: (actor, reason) => note(`discard ${actor} ${reason}`).then(() => this.applied),
        restore: (id, actor, reason) =>
          note(`restore ${id} ${actor} ${reason}`).then(() => this.applied)
      },
      demo: { setBackend: (name, isRunning) => note(`demo ${name} ${isRunning}`) }
    }
  }

  #command(command: EngineCommand): Promise<void> {
    if (this.refusal) return Promise.reject(this.refusal)
    this.done.push(JSON.stringify(command))
    const nowMs = this.clock.wallNow()
    if (this.followsCommands) queueMicrotask(() => this.show(after(this.#fleet, command, nowMs)))
    return Promise.resolve()
  }

  #hold(name: string, latchedLevel: number | null): void {
    const pools = this.#fleet.pools.map((pool) =>
      pool.name === name && pool.failover !== null
        ? { ...pool, failover: { ...pool.failover, latchedLevel } }
        : pool
    )
    this.show({ ...this.#fleet, pools })
  }

  #live(): LiveFleet {
    const { pools, revision, atMs, listeners, routes, isReady } = this.#fleet
    const facts = { errors: null, waiting: null, isReady, isStale: false, time: String }
    return {
      ...{ revision, atMs, listeners, routes, engine: this.engine, probes: [] },
      configurationError: null,
      verdict: {
        status: 'serving',
        sentence: '',
        short: '',
        servingBackends: 0,
        totalBackends: 0
      },
      pools: pools.map((pool) => ({
        ...pool,
        ...judgePool({ pool, ...facts }),
        backends: pool.backends.map((backend) => ({
          ...backend,
          ...judgeBackend({
            backend,
            progress: null,
            activeLevel: pool.activeLevel,
            isStale: false
          }),
          adminUntilMs: null
        }))
      }))
    }
  }
}

/** The fleet as an engine would report it after the command. */
function after(fleet: Fleet, command: EngineCommand, nowMs: number): Fleet {
  const changed = (backend: Fleet['pools'][number]['backends'][number]): typeof backend => {
    if (!('backend' in command) || backend.address !== command.backend) return backend
    if (command.name === 'set_admin_state') {
      return { ...backend, adminState: command.state, isEligible: command.state === 'ready' }
    }
    if (command.name !== 'set_weight') return backend
    const weight = command.weight ?? backend.configuredWeight
    return { ...backend, weight, isWeightOverridden: command.weight !== null }
  }
  const pools = fleet.pools.map((pool) => ({
    ...holdAfter(pool, command, nowMs),
    backends: pool.backends.map(changed)
  }))
  return { ...fleet, revision: fleet.revision + 1, pools }
}

function holdAfter(pool: FleetPool, command: EngineCommand, nowMs: number): FleetPool {
  if (pool.hold === null || pool.name !== command.pool) return pool
  if (command.name === 'release_pool') return { ...pool, hold: { ...pool.hold, operator: null } }
  if (command.name !== 'hold_pool') return pool
  const operator = { untilMs: nowMs + command.durationMs, reason: command.reason }
  return { ...pool, hold: { ...pool.hold, operator } }
}
