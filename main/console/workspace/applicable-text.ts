/** Whether a text can be run as it came. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { isValid, type ValidText } from './config-text.ts'
import { shownProblems, type ReceivedText } from './shown-text.ts'

/** Throws CONFIG_INVALID with the first problem and its line. */
export function applicable({
  config,
  unknownMasks
}: Pick<ReceivedText, 'config' | 'unknownMasks'>): ValidText {
  if (isValid(config) && unknownMasks.length === 0) return config
  const problems = shownProblems(config, unknownMasks).filter(
    ({ severity }) => severity === 'error'
  )
  const [first] = problems
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  throw new SwitchyardError(
    'CONFIG_INVALID',
    `The configuration has ${count}, at line ${first?.line ?? 0}: ${first?.message ?? ''}`,
    { problems }
  )
}
