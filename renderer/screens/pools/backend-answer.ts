/** What the host tells about one backend. */
import type { MethodResult } from '../../../preload/contract/methods.ts'

export type BackendAnswer = MethodResult<'backend.evidence'>
