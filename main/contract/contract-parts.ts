/** What a host gives to every channel that it serves the contract on. */
import type { Hello } from '../../preload/contract/hello.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { MethodHandlers } from './method-handlers.ts'
import type { OperationBook } from './operation-book.ts'
import type { TopicSources } from './topic-sources.ts'

export interface ContractParts {
  readonly hello: Hello
  readonly handlers: MethodHandlers
  readonly topics: TopicSources
  /** One for all channels of a host. */
  readonly operations: OperationBook
  /** For the audit: "operator (browser)". */
  readonly actor: string
  readonly clock: Clock
  /** Takes lines about defects of the host itself; nothing that a page sends gets into them. */
  readonly log: (line: string) => void
  /** Tests also check results and payloads against their schemas. Default false. */
  readonly areResultsChecked?: boolean
}

/** A page needs a handful of each; a page in a loop must not grow without bound. */
export const MAX_OPEN_CALLS = 64
export const MAX_SUBSCRIPTIONS = 32

/** A channel on which no hello comes is nobody's. */
export const HELLO_TIMEOUT_MS = 10_000
