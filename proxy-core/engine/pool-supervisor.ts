/**
 * Keeps one pool staffed: makes the backends of the configuration, has their names resolved
 * and their health watched, and carries live state over a reload.
 */
import { HealthMonitor } from '../health/health-monitor.ts'
import type { HealthCheckSettings, PoolSettings } from '../model/settings.ts'
import type { AdminState } from '../model/states.ts'
import { Backend } from '../pool/backend.ts'
import { Pool } from '../pool/pool.ts'
import type { AddressBook, AddressEntry } from '../resolve/address-book.ts'
import { ConnectionPool, type ConnectionPoolSettings } from '../upstream/connection-pool.ts'
import { trustOf } from '../upstream/upstream-trust.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { HealthProgress } from '../model/engine-telemetry.ts'
import type { ProbeRecord } from '../model/probe-record.ts'
import type { Timer } from '../time/clock.ts'
import type { EngineContext } from './engine-context.ts'
import type { BackendWatch } from './engine-view.ts'
import type { OverlayBook } from './overlay-book.ts'

interface Member {
  readonly backend: Backend
  readonly connections: ConnectionPool
  readonly entry: AddressEntry
  monitor: HealthMonitor | null
  /** What the health state belongs to: another check is another judge. */
  checkFingerprint: string
}

export interface SupervisorServices {
  readonly context: EngineContext
  readonly addressBook: AddressBook
  readonly overlay: OverlayBook
}

/** A new staff that is ready: it takes over, or it is sent home. One of the two must be called. */
export interface PreparedStaff {
  takeOver(): void
  discard(): void
}

export class PoolSupervisor {
  readonly pool: Pool
  readonly #services: SupervisorServices
  #members: ReadonlyMap<string, Member> = new Map()
  /** Tunnels of members that are gone end when these fire. */
  readonly #retiring = new Set<Timer>()

  constructor(settings: PoolSettings, services: SupervisorServices) {
    this.#services = services
    this.pool = new Pool(settings, services.context)
    const latch = services.overlay.latchOf(settings.name)
    if (latch !== null) this.pool.failover.restore(latch)
  }

  /**
   * Makes what `settings` needs beyond what is there and waits for the first probes of what
   * is new. The running staff serves on until the result is called. Throws
   * CERTIFICATE_INVALID with nothing changed.
   */
  async prepare(
    settings: PoolSettings,
    isStart: boolean,
    drainTimeoutMs: number
  ): Promise<PreparedStaff> {
    const connectionSettings = connectionSettingsOf(settings)
    const next = new Map<string, Member>()
    const added: Member[] = []
    for (const backend of settings.backends) {
      let member = this.#members.get(backend.address)
      if (member === undefined) {
        member = this.#create(settings, backend.address, connectionSettings)
        added.push(member)
      }
      next.set(backend.address, member)
    }
    for (const member of added) this.#watch(member, member.backend.settings.healthCheck, isStart)
    await Promise.all(
      added.map((member) => member.monitor?.firstResult ?? member.entry.firstResolution)
    )
    return {
      takeOver: () => this.#takeOver(settings, connectionSettings, next, drainTimeoutMs),
      discard: () => {
        for (const member of added) dismiss(member)
      }
    }
  }

  setAdminState(backend: Backend, state: AdminState, reason: string): void {
    const wasMaint = backend.adminState === 'maint'
    const monitor = this.#members.get(backend.address)?.monitor ?? null
    // Back from maintenance a probe has to pass before traffic does, so health goes first.
    if (wasMaint && state !== 'maint') monitor?.resume()
    backend.setAdminState(state, reason)
    if (state === 'maint') monitor?.suspend()
  }

  /** undefined: there is no such backend. */
  watchOf(address: string): BackendWatch | undefined {
    const member = this.#members.get(address)
    if (member === undefined) return undefined
    const { addresses, error } = member.entry
    return { progress: member.monitor?.progress ?? NO_PROGRESS, addresses, resolutionError: error }
  }

  /** Rejects with HEALTH_CHECK_NONE when there is nothing to probe it with. */
  async probeNow(backend: Backend): Promise<ProbeRecord> {
    const monitor = this.#members.get(backend.address)?.monitor
    if (monitor) return monitor.probeNow()
    const reason = `Backend ${backend.address} of pool ${this.pool.name} has no health check.`
    throw new SwitchyardError('HEALTH_CHECK_NONE', reason)
  }

  backend(address: string): Backend | undefined {
    return this.#members.get(address)?.backend
  }

  /** Lets running exchanges finish; upgraded connections end after `drainTimeoutMs`. */
  retire(drainTimeoutMs: number): void {
    this.pool.retire()
    this.pool.serveOut()
    for (const member of this.#members.values()) this.#retireMember(member, drainTimeoutMs)
    this.#members = new Map()
  }

  destroy(): void {
    this.pool.retire()
    for (const member of this.#members.values()) dismiss(member)
    for (const timer of this.#retiring) timer.cancel()
    this.#members = new Map()
  }

  #create(
    settings: PoolSettings,
    address: string,
    connectionSettings: ConnectionPoolSettings
  ): Member {
    const { context, addressBook, overlay } = this.#services
    const backendSettings = settings.backends.find((one) => one.address === address)!
    const backend = new Backend(backendSettings, {
      pool: this.pool.name,
      clock: context.clock,
      emit: context.emit,
      changed: (changed) => this.pool.backendChanged(changed)
    })
    overlay.applyTo(backend)
    const entry = addressBook.acquire(backendSettings.host, this.pool.name, address, () =>
      connections.addressesChanged()
    )
    const connections: ConnectionPool = new ConnectionPool(
      backend,
      connectionSettings,
      () => entry.addresses,
      context,
      this.pool
    )
    return { backend, connections, entry, monitor: null, checkFingerprint: '' }
  }

  #watch(member: Member, check: HealthCheckSettings | null, isFirstDeciding: boolean): void {
    member.monitor?.stop()
    member.monitor = null
    member.checkFingerprint = JSON.stringify(check)
    if (check === null) {
      member.backend.setHealth('up', 'no health check configured', 0)
      return
    }
    const { clock, random, emit } = this.#services.context
    member.monitor = new HealthMonitor(member.backend, {
      clock,
      random,
      addresses: () => member.entry.addresses,
      firstResolution: member.entry.firstResolution,
      initial: isFirstDeciding ? 'first_result_decides' : 'needs_pass',
      reportFault: (reason) => emit({ kind: 'fault', code: 'INTERNAL', reason })
    })
    if (member.backend.adminState === 'maint') member.monitor.suspend()
    member.monitor.start()
  }

  #takeOver(
    settings: PoolSettings,
    connectionSettings: ConnectionPoolSettings,
    next: ReadonlyMap<string, Member>,
    drainTimeoutMs: number
  ): void {
    const gone = [...this.#members.values()].filter(
      (member) => next.get(member.backend.address) !== member
    )
    this.#members = next
    for (const backendSettings of settings.backends) {
      const member = next.get(backendSettings.address)!
      member.connections.reconfigure(connectionSettings)
      member.backend.configure(backendSettings)
    }
    this.pool.configure(
      settings,
      new Map([...next.values()].map((member) => [member.backend, member.connections]))
    )
    for (const { address, healthCheck } of settings.backends) {
      const member = next.get(address)!
      const fingerprint = JSON.stringify(healthCheck)
      // The old check's verdict stands until the new check has its first result.
      if (fingerprint !== member.checkFingerprint) this.#watch(member, healthCheck, true)
    }
    for (const member of gone) this.#retireMember(member, drainTimeoutMs)
  }

  #retireMember(member: Member, drainTimeoutMs: number): void {
    member.monitor?.stop()
    member.entry.release()
    member.connections.retire()
    const timer = this.#services.context.clock.setTimeout(() => {
      this.#retiring.delete(timer)
      member.connections.closeTunnels()
    }, drainTimeoutMs)
    this.#retiring.add(timer)
  }
}

const NO_PROGRESS: HealthProgress = { direction: 'steady', done: 0, needed: 0 }

function dismiss(member: Member): void {
  member.monitor?.stop()
  member.connections.destroy()
  member.entry.release()
}

function connectionSettingsOf(settings: PoolSettings): ConnectionPoolSettings {
  return {
    timeouts: settings.timeouts,
    connections: settings.connections,
    tls: settings.tls === null ? null : trustOf(settings.tls)
  }
}
