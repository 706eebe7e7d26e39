/** An edit that is not applied yet. */
import type { ConfigText } from './config-text.ts'
import { readTree } from './masking/config-tree.ts'
import type { TextPlace } from './masking/text-edits.ts'
import type { ReceivedText } from './shown-text.ts'

export class StagedEdit {
  readonly received: ReceivedText
  /** Of the text on disk that the edit began with. */
  readonly baseHash: string
  /** The last text that had all of its secrets. */
  readonly secretsFrom: string
  /** Of a text on disk that a plan has shown the operator as about to be replaced. */
  acceptedDiskHash: string | null = null

  constructor(received: ReceivedText, baseHash: string, secretsFrom: string) {
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
export function secretsOf({ config, unknownMasks }: ReceivedText, before: string): string {
  return unknownMasks.length === 0 && readTree(config.text) !== null ? config.text : before
}
