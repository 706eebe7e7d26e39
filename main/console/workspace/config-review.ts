/** The open configuration as the Config screen shows it. */
import type { ConfigReview } from '../../../preload/contract/workspace-state.ts'
import { readConfigText, type ConfigText } from './config-text.ts'
import type { OpenConfig } from './open-config.ts'
import { fitTogether, shownProblems, shownText } from './shown-text.ts'

export function reviewOf(open: OpenConfig): ConfigReview {
  const { staged, disk, running } = open
  const ran = running ?? disk ?? readConfigText('', open.origin)
  const shown = staged?.config ?? disk ?? ran
  return {
    ...textsOf(shown, ran, open.isChangedUnderneath ? disk : null),
    problems: [...problemsOf(open)],
    changes: staged ? [...open.changesTo(staged.config).sentences] : []
  }
}

/** Two texts of any editable size fit into a frame; a third one only where there is room left. */
function textsOf(
  shown: ConfigText,
  ran: ConfigText,
  disk: ConfigText | null
): Pick<ConfigReview, 'staged' | 'running' | 'onDisk'> {
  const [staged, running] = [shownText(shown), shownText(ran)]
  const onDisk = disk && shownText(disk)
  const isRoomLeft = onDisk !== null && fitTogether([staged, running, onDisk])
  const { hash = '', hasMaskedSecrets = false } = onDisk ?? {}
  const tooLarge = { text: '', hash, hasMaskedSecrets, isTooLarge: true } as const
  return { staged, running, onDisk: onDisk === null || isRoomLeft ? onDisk : tooLarge }
}

/** What is staged, in sentences; empty where nothing is. */
export function stagedSentences(open: OpenConfig): readonly string[] {
  const { staged } = open
  if (staged === null) return []
  const { sentences } = open.changesTo(staged.config)
  if (sentences.length > 0) return sentences
  const errors = problemsOf(open).filter(({ severity }) => severity === 'error')
  return [errors.length === 1 ? 'An edit with a problem' : `An edit with ${errors.length} problems`]
}

function problemsOf(open: OpenConfig): ConfigReview['problems'] {
  const { staged, disk, problems } = open
  if (staged !== null) return [...shownProblems(staged.config, staged.unknownMasks)]
  // Warnings of a text that runs belong to its review, and to nothing else.
  if (disk !== null && problems.length === 0) return [...shownProblems(disk)]
  return [...problems]
}
