/** What the workspace has to tell that nobody asked for: a line of the event log. */
import type { ErrorCode } from '../../../proxy-core/model/error-catalogue.ts'

export interface WorkspaceNotice {
  readonly severity: 'info' | 'notice' | 'warning'
  /** A sentence that stands alone. */
  readonly text: string
  readonly code: ErrorCode | null
  /** A version that could be restored because of this; null = nothing is offered. */
  readonly restoreVersionId: number | null
}
