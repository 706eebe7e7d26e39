/**
 * The form for another backend (F.2): the address is asked while it is typed, once the typing
 * rests; a newer text cancels the question about the older one.
 */
import { MAX_WEIGHT } from '../../../proxy-core/model/states.ts'
import type { MethodResult } from '../../../preload/contract/methods.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { ConsoleState } from '../../state/console-state.svelte.ts'

export const PROBE_DELAY_MS = 400

export type AddressProbe =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'told'; readonly result: MethodResult<'setup.probe'> }
  | { readonly kind: 'unasked'; readonly reason: string }

export type AddBackendConsole = Pick<
  ConsoleState,
  'backend' | 'live' | 'page' | 'toasts' | 'plans' | 'workspace'
>

export class AddBackendForm {
  pool = $state('')
  weight = $state(100)
  level = $state(0)
  probe = $state.raw<AddressProbe>({ kind: 'none' })
  isStaging = $state(false)
  /** Of the last try to stage; null when there was none. */
  problem = $state<string | null>(null)
  #address = $state('')

  readonly #console: AddBackendConsole
  /** Of the configuration that was open when the form was. */
  readonly #file: string | null
  #cancelDelay: (() => void) | null = null
  #asking: AbortController | null = null

  constructor(console: AddBackendConsole, pool: string | null) {
    this.#console = console
    this.#file = console.workspace?.file ?? null
    this.pool = pool ?? this.pools[0] ?? ''
  }

  get pools(): readonly string[] {
    return this.#console.live.fleet?.pools.map(({ name }) => name) ?? []
  }

  /** One more than the pool has, so that a further level can be begun; at least three. */
  get levelCount(): number {
    const pool = this.#console.live.fleet?.pools.find(({ name }) => name === this.pool)
    return Math.max(3, ...(pool?.backends.map(({ level }) => level + 2) ?? []))
  }

  get address(): string {
    return this.#address
  }

  set address(text: string) {
    this.#address = text
    this.problem = null
    this.#askLater()
  }

  /** What the configuration would hold. */
  get stagedAddress(): string {
    const told = this.probe.kind === 'told' ? this.probe.result.address : null
    return told ?? this.#address.trim()
  }

  /** Why it cannot be staged; null when it can. A backend that does not answer can be. */
  get refusal(): string | null {
    const address = this.stagedAddress
    if (address === '') return 'Type the address of the backend.'
    if (this.probe.kind === 'told' && this.probe.result.outcome === 'invalid') {
      return this.probe.result.sentence
    }
    const pool = this.#console.live.fleet?.pools.find(({ name }) => name === this.pool)
    if (pool === undefined) return 'Choose a pool.'
    if (pool.backends.some((backend) => backend.address === address)) {
      return `${pool.name} has a backend ${address} already.`
    }
    if (!isWhole(this.weight, MAX_WEIGHT))
      return `A weight is a whole number from 0 to ${MAX_WEIGHT}.`
    return isWhole(this.level, 100) ? null : 'A level is a whole number from 0 to 100.'
  }

  /** Enter. Resolves to whether it is staged. */
  async stage(): Promise<boolean> {
    if (this.isStaging) return false
    this.problem = this.refusal
    if (this.problem !== null) return false
    this.isStaging = true
    const { pool, weight, level, stagedAddress: address } = this
    try {
      const added = { file: this.#file, pool, address, weight, level }
      await this.#console.backend.call('config.stageBackend', added)
      this.#console.toasts.done(
        `Staged ${address} for ${pool}. It takes traffic once you apply it.`
      )
      return true
    } catch (error) {
      this.problem = sentenceOf(error)
      return false
    } finally {
      this.isStaging = false
    }
  }

  /** Mod+Enter: stages, and goes on to the plan. */
  async stageAndApply(): Promise<boolean> {
    const isStaged = await this.stage()
    if (isStaged) void this.#console.plans.request({ kind: 'apply_config' })
    return isStaged
  }

  close(): void {
    this.#cancelDelay?.()
    this.#asking?.abort()
  }

  #askLater(): void {
    this.close()
    if (this.#address.trim() === '') {
      this.probe = { kind: 'none' }
      return
    }
    this.probe = { kind: 'asking' }
    this.#cancelDelay = this.#console.page.after(PROBE_DELAY_MS, () => void this.#ask())
  }

  async #ask(): Promise<void> {
    const asking = new AbortController()
    this.#asking = asking
    const address = this.#address.trim()
    try {
      const { signal } = asking
      const result = await this.#console.backend.call('setup.probe', { address }, { signal })
      if (!signal.aborted) this.probe = { kind: 'told', result }
    } catch (error) {
      if (!asking.signal.aborted) this.probe = { kind: 'unasked', reason: sentenceOf(error) }
    }
  }
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most
}

function sentenceOf(error: unknown): string {
  if (error instanceof SwitchyardError) return `${error.message} ${error.remedy}`
  return error instanceof Error ? error.message : String(error)
}
