/** What could go wrong with a plan of a configuration, as sentences. */
import { configChanges } from './changes/config-changes.ts'
import { isValid, type ConfigText } from './config-text.ts'
import type { OpenConfig } from './open-config.ts'
import type { ReceivedText } from './shown-text.ts'
import { summaryOf } from './version-desk.ts'

/** Of the staged text in the place of the file's. */
export function applyWarnings(open: OpenConfig, config: ConfigText): readonly string[] {
  if (!open.isChangedUnderneath) return []
  const { name } = open.origin
  if (open.isDeleted) {
    return [`${name} was deleted after you began to edit it; applying writes it anew.`]
  }
  const lost = replacedChanges(open, config)
  return [`${name} has changed since you began to edit it; applying replaces that change${lost}.`]
}

interface Restored {
  readonly version: { readonly hash: string }
  readonly received: Pick<ReceivedText, 'config' | 'unknownMasks'>
  /** The history has the text on disk, or it runs. */
  readonly isDiskKnown: boolean
}

export function restoreWarnings(
  open: OpenConfig,
  { version, received, isDiskKnown }: Restored
): readonly string[] {
  const { name } = open.origin
  const warnings: string[] = []
  if (open.staged) warnings.push('What is staged stays staged and is not applied.')
  if (open.isDeleted) warnings.push(`${name} was deleted; restoring writes it anew.`)
  if (!isDiskKnown) {
    warnings.push(
      `${name} holds a text that never ran; restoring replaces it, and the history keeps it.`
    )
  }
  const isFilled = received.unknownMasks.length === 0 && received.config.hash !== version.hash
  if (isFilled) warnings.push('Its secrets are those of the file today.')
  return warnings
}

/** ": 1 backend removed from api", seen from the file; "" where that says nothing. */
function replacedChanges({ disk }: OpenConfig, config: ConfigText): string {
  if (disk === null || !isValid(disk) || !isValid(config)) return ''
  const { sentences } = configChanges(disk, config)
  return sentences.length === 0 ? '' : ` (${summaryOf(sentences)})`
}
