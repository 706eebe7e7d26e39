/** Staging in tests. */
import type { ConfigReview } from '../../../../preload/contract/workspace-state.ts'
import type { Workspace } from '../workspace.ts'

/** As a page stages: for the file that is open, from the text that it is shown. */
export function stage(
  { config, state }: Workspace,
  text: string,
  base: string = config.review().staged.hash
): Promise<ConfigReview> {
  return config.stage({ file: state.file, base, text })
}
