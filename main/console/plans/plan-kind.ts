/**
 * One kind of dangerous action. A kind knows what its action would do now, and how to do it;
 * plans, confirmations and the audit are the plan desk's.
 */
import type { DangerLevel, PlanRequest } from '../../../preload/contract/plan.ts'

export type RequestOf<Kind extends PlanRequest['kind']> = Extract<PlanRequest, { kind: Kind }>

export interface PlanDraft {
  readonly level: DangerLevel
  /** "Drain 10.0.0.2:80 in api". */
  readonly title: string
  /** "Drain 10.0.0.2:80". */
  readonly verb: string
  /** What happens, in order, as sentences. */
  readonly steps: readonly string[]
  /** What could go wrong, as sentences. */
  readonly warnings: readonly string[]
  /** What is typed at level 3. */
  readonly name: string
  readonly undo: PlanRequest | null
  /**
   * Everything that the plan depends on: a name that an operator understands ("state of
   * 10.0.0.2:80") and its value now. A plan whose facts have changed is not applied.
   */
  readonly facts: Readonly<Record<string, string>>
}

export interface PlanAuthor {
  /** "operator (browser)". */
  readonly actor: string
  /** May be empty below level 3. */
  readonly reason: string
}

export interface PlanResult {
  /** "Drained 10.0.0.2:80; 3 requests are left." */
  readonly sentence: string
  readonly undo: PlanRequest | null
}

export interface PlanKind<Kind extends PlanRequest['kind'] = PlanRequest['kind']> {
  /** Changes nothing. Throws what makes the action impossible: POOL_UNKNOWN, CONFIG_INVALID, … */
  draft(request: RequestOf<Kind>): PlanDraft | Promise<PlanDraft>
  /** Called with the draft that holds at this moment. */
  apply(request: RequestOf<Kind>, draft: PlanDraft, author: PlanAuthor): Promise<PlanResult>
}

export type PlanKinds = { readonly [Kind in PlanRequest['kind']]: PlanKind<Kind> }

/** For the engine's own records: "operator (browser): disk swap". */
export function spokenReason({ actor, reason }: PlanAuthor): string {
  return reason === '' ? actor : `${actor}: ${reason}`
}
