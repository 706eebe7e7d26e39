/**
 * The way of every change: the control plane plans it, the operator sees it, it is applied. Small
 * ones (level 0 and 1) are applied at once and can be undone; the others wait on the plan sheet.
 */
import type { Confirmation, Plan, PlanOutcome, PlanRequest } from '../../preload/contract/plan.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { ConsoleBackend } from '../backend/console-backend.ts'
import type { Page } from './page.ts'
import type { ToastAction, Toasts } from './toasts.svelte.ts'

/** A key that was still on its way from elsewhere must not confirm a sheet that just opened. */
export const ENTER_GUARD_MS = 300

/** What the plan sheet shows. */
export interface PlanDraft {
  readonly plan: Plan
  /** The state changed since the operator saw the plan before: this is the new one. */
  readonly isReplacement: boolean
  readonly shownAtMs: number
  /** The way back where the control plane has none. */
  readonly undo: ToastAction | null
}

const UNCONFIRMED: Confirmation = { isConfirmed: false, typedName: null, reason: '' }

export class PlanFlow {
  /** The plan on the sheet; null while it is closed. */
  draft = $state.raw<PlanDraft | null>(null)
  isApplying = $state(false)
  /** Why the last confirmation did not lead to anything. */
  problem = $state.raw<unknown>(null)

  readonly #backend: ConsoleBackend
  readonly #page: Page
  readonly #toasts: Toasts

  constructor(backend: ConsoleBackend, page: Page, toasts: Toasts) {
    this.#backend = backend
    this.#page = page
    this.#toasts = toasts
  }

  /**
   * Resolves when it is applied, or when the sheet is open. Problems become toasts. `undo` is the
   * way back where the control plane has none.
   */
  async request(request: PlanRequest, undo: ToastAction | null = null): Promise<void> {
    try {
      const plan = await this.#backend.call('plan.make', request)
      if (plan.level >= 2) this.#show(plan, undo, false)
      else await this.#applyAtOnce(plan, undo)
    } catch (error) {
      this.#toasts.problem(error)
    }
  }

  /** Whether an Enter now is meant for this sheet. */
  takesEnter(): boolean {
    return this.draft !== null && this.#page.now() - this.draft.shownAtMs >= ENTER_GUARD_MS
  }

  /** Why the sheet cannot be confirmed with this; null when it can. */
  missing(typedName: string, reason: string): string | null {
    const plan = this.draft?.plan
    if (plan === undefined) return 'Nothing is planned.'
    if (plan.level < 3) return null
    if (typedName !== plan.typedName) return `Type ${plan.typedName ?? 'the name'} to confirm.`
    return reason.trim() === '' ? 'Give a reason; it is kept in the history.' : null
  }

  async confirm(typedName: string, reason: string): Promise<void> {
    const { draft } = this
    if (draft === null || this.isApplying || this.missing(typedName, reason) !== null) return
    this.isApplying = true
    this.problem = null
    const confirmation = {
      isConfirmed: true,
      typedName: draft.plan.level === 3 ? typedName : null,
      reason: reason.trim()
    }
    try {
      const outcome = await this.#apply(draft.plan, confirmation)
      if (this.draft === draft) this.draft = null
      this.#report(outcome, draft.undo)
    } catch (error) {
      await this.#notApplied(draft, error)
    } finally {
      this.isApplying = false
    }
  }

  cancel(): void {
    if (this.isApplying) return
    this.draft = null
    this.problem = null
  }

  async #applyAtOnce(plan: Plan, undo: ToastAction | null): Promise<void> {
    this.#report(await this.#apply(plan, UNCONFIRMED), undo)
  }

  #apply(plan: Plan, confirmation: Confirmation): Promise<PlanOutcome> {
    return this.#backend.call('plan.apply', { planId: plan.planId, confirmation })
  }

  /** Outdated or expired: nothing was done, and the new plan is shown to be confirmed instead. */
  async #notApplied({ plan, undo }: PlanDraft, error: unknown): Promise<void> {
    const isOld =
      error instanceof SwitchyardError &&
      (error.code === 'PLAN_OUTDATED' || error.code === 'PLAN_UNKNOWN')
    this.problem = error
    if (!isOld) return
    try {
      const fresh = await this.#backend.call('plan.make', plan.request)
      this.#show(fresh, undo, true)
      this.problem = null
    } catch (failure) {
      this.problem = failure
    }
  }

  #show(plan: Plan, undo: ToastAction | null, isReplacement: boolean): void {
    this.problem = null
    this.draft = { plan, undo, isReplacement, shownAtMs: this.#page.now() }
  }

  #report({ sentence, undo }: PlanOutcome, ownUndo: ToastAction | null): void {
    if (undo === null) {
      this.#toasts.done(sentence, ownUndo)
      return
    }
    this.#toasts.done(sentence, { label: 'Undo', run: () => void this.request(undo) })
  }
}
