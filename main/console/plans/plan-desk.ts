/**
 * Plans of dangerous actions: made, kept for five minutes, confirmed, applied once. Between the
 * plan and its application nothing that it depends on may have changed; what was done, or was
 * tried and failed, is in the audit.
 */
import { createHash } from 'node:crypto'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type {
  Confirmation,
  Plan,
  PlanOutcome,
  PlanRequest
} from '../../../preload/contract/plan.ts'
import type { PlanAuthor, PlanDraft, PlanKind, PlanKinds } from './plan-kind.ts'

export const PLAN_LIFETIME_MS = 5 * 60_000
/** More than a person has open; the oldest goes first. */
const MOST_PLANS = 100

export interface AuditBook {
  record(entry: {
    readonly actor: string
    readonly action: string
    readonly reason: string
    readonly outcome: string
  }): number
}

export interface PlanDeskParts {
  readonly clock: Clock
  readonly kinds: PlanKinds
  readonly audit: AuditBook
  isReadOnly(): boolean
  /** Unguessable. */
  newPlanId(): string
}

interface KeptPlan {
  readonly plan: Plan
  readonly facts: PlanDraft['facts']
}

export class PlanDesk {
  readonly #parts: PlanDeskParts
  /** In the order of their making. */
  readonly #plans = new Map<string, KeptPlan>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: PlanDeskParts) {
    this.#parts = parts
  }

  /** Changes nothing. Throws READ_ONLY and what makes the action impossible. */
  async make(request: PlanRequest): Promise<Plan> {
    this.#refuseWhenReadOnly()
    const draft = await this.#kindOf(request).draft(request)
    const plan: Plan = {
      planId: this.#parts.newPlanId(),
      stateHash: hashOf(draft),
      request,
      level: draft.level,
      title: draft.title,
      verb: draft.verb,
      steps: [...draft.steps],
      warnings: [...draft.warnings],
      typedName: draft.level === 3 ? draft.name : null,
      undo: draft.undo,
      expiresAtMs: this.#parts.clock.wallNow() + PLAN_LIFETIME_MS
    }
    this.#keep({ plan, facts: draft.facts })
    return plan
  }

  /**
   * Applies a plan once; one after the other. Throws PLAN_UNKNOWN, READ_ONLY,
   * CONFIRMATION_REQUIRED (the plan stays), PLAN_OUTDATED, and what the action meets.
   */
  apply(planId: string, confirmation: Confirmation, actor: string): Promise<PlanOutcome> {
    const result = this.#turn.then(() => this.#applyInTurn(planId, confirmation, actor))
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #applyInTurn(
    planId: string,
    confirmation: Confirmation,
    actor: string
  ): Promise<PlanOutcome> {
    const kept = this.#find(planId)
    this.#refuseWhenReadOnly()
    requireConfirmation(kept.plan, confirmation)
    this.#plans.delete(planId)
    const { request } = kept.plan
    const kind = this.#kindOf(request)
    const draft = await kind.draft(request)
    requireUnchanged(kept, draft)
    return this.#perform(kept.plan, draft, { actor, reason: confirmation.reason.trim() })
  }

  async #perform(plan: Plan, draft: PlanDraft, author: PlanAuthor): Promise<PlanOutcome> {
    const entry = { ...author, action: plan.title }
    try {
      const kind = this.#kindOf(plan.request)
      const { sentence, undo } = await kind.apply(plan.request, draft, author)
      const auditId = this.#parts.audit.record({ ...entry, outcome: 'done' })
      return { sentence, undo, auditId }
    } catch (error) {
      const outcome = error instanceof Error ? error.message : String(error)
      this.#parts.audit.record({ ...entry, outcome })
      throw error
    }
  }

  /** Each kind takes its own request; the registry pairs them. */
  #kindOf(request: PlanRequest): PlanKind {
    return this.#parts.kinds[request.kind] as PlanKind
  }

  #keep(kept: KeptPlan): void {
    const nowMs = this.#parts.clock.wallNow()
    for (const [id, { plan }] of this.#plans) if (plan.expiresAtMs <= nowMs) this.#plans.delete(id)
    this.#plans.set(kept.plan.planId, kept)
    const [oldest] = this.#plans.keys()
    if (this.#plans.size > MOST_PLANS && oldest !== undefined) this.#plans.delete(oldest)
  }

  #find(planId: string): KeptPlan {
    const kept = this.#plans.get(planId)
    if (kept && kept.plan.expiresAtMs > this.#parts.clock.wallNow()) return kept
    throw new SwitchyardError('PLAN_UNKNOWN', 'This plan was already applied, or is too old.')
  }

  #refuseWhenReadOnly(): void {
    if (!this.#parts.isReadOnly()) return
    throw new SwitchyardError('READ_ONLY', 'The console is set to read-only; nothing was changed.')
  }
}

function requireConfirmation(plan: Plan, confirmation: Confirmation): void {
  if (plan.level >= 2 && !confirmation.isConfirmed) {
    throw missing(`${plan.title} needs a confirmation.`)
  }
  if (plan.level < 3) return
  if (confirmation.typedName?.trim() !== plan.typedName) {
    throw missing(`${plan.title} needs "${plan.typedName}" to be typed.`)
  }
  if (confirmation.reason.trim() === '') throw missing(`${plan.title} needs a reason.`)
}

function missing(message: string): SwitchyardError {
  return new SwitchyardError('CONFIRMATION_REQUIRED', message)
}

function requireUnchanged({ plan, facts }: KeptPlan, draft: PlanDraft): void {
  if (hashOf(draft) === plan.stateHash) return
  const names = [...new Set([...Object.keys(facts), ...Object.keys(draft.facts)])]
  const changed = names.filter((name) => facts[name] !== draft.facts[name])
  const spoken = changed.map((name) => spokenChange(name, facts[name], draft.facts[name]))
  const what = spoken.length > 0 ? spoken.join('; ') : 'The danger of the action has changed'
  throw new SwitchyardError('PLAN_OUTDATED', `${what}. Nothing was done.`, { changed })
}

/** Long values, such as whole configurations, are not spelt out. */
function spokenChange(name: string, before: string | undefined, after: string | undefined): string {
  const subject = name.charAt(0).toUpperCase() + name.slice(1)
  const isShort = [before, after].every((value) => value !== undefined && value.length <= 60)
  return isShort ? `${subject} changed from ${before} to ${after}` : `${subject} has changed`
}

function hashOf({ facts, level }: PlanDraft): string {
  const entries = Object.entries(facts).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([level, entries]))
    .digest('hex')
    .slice(0, 32)
}
