/**
 * A configuration as it may leave the control plane: every secret replaced by `MASKED`, every
 * line where it was.
 */
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { commentSecrets, commentsOf } from './comment-secrets.ts'
import { readTree } from './config-tree.ts'
import { secretLines } from './secret-lines.ts'
import { secretPlaces } from './secret-places.ts'
import { EditedText, type TextEdit } from './text-edits.ts'

/** `edits` of the result is empty where the text holds no secret in clear. */
export function maskSecrets(text: string): EditedText {
  const tree = readTree(text)
  const places =
    tree === null
      ? secretLines(text)
      : [...secretPlaces(tree).values(), ...commentSecrets(commentsOf(text))]
  const edits = places
    .filter(({ source }) => source !== MASKED)
    .map(({ start, end, source }): TextEdit => ({ start, end, text: maskOf(source) }))
  return new EditedText(text, edits)
}

/** As many lines as the secret had, so that everything below keeps its line. */
function maskOf(source: string): string {
  return MASKED + '\n'.repeat(source.split('\n').length - 1)
}
