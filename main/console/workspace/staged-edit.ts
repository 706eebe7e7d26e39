/** An edit that is not applied yet. */
import type { ConfigText } from './config-text.ts'
import { readTree } from './masking/config-tree.ts'
import type { TextPlace } from './masking/text-edits.ts'
import type { ReceivedText } from './shown-text.ts'

export interface SecretSource {
  /** The last text that had all of its secrets. */
  readonly text: string
  /** Secrets were lost with an earlier console: no other text may fill their masks. */
  readonly isOnly: boolean
}

export class StagedEdit {
  readonly received: ReceivedText
  /** Of the text that the edit began with. */
  readonly baseHash: string
  readonly secretsFrom: SecretSource
  /** Of a text on disk that a plan has shown the operator as about to be replaced. */
  acceptedDiskHash: string | null = null

  constructor(received: ReceivedText, baseHash: string, secretsFrom: SecretSource) {
    this.received = received
    this.baseHash = baseHash
    this.secretsFrom = secretsFrom
  }

  get config(): ConfigText {
    return this.received.config
  }

  get unknownMasks(): readonly TextPlace[] {
    return this.received.unknownMasks
  }
}

/**
 * What the masks of the next edit are filled from. A text with a slip in its syntax, or with masks
 * that nobody could fill, has lost secrets for the moment.
 */
export function secretsOf(
  { config, unknownMasks }: ReceivedText,
  before: SecretSource
): SecretSource {
  const hasAll = unknownMasks.length === 0 && readTree(config.text) !== null
  return hasAll ? { text: config.text, isOnly: false } : before
}
