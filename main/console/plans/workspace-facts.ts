/** What every plan depends on, whatever it is about: where it was made. */
import type { WorkspaceState } from '../../../preload/contract/workspace-state.ts'

/** Another file may have pools and backends of the same names, in the same states. */
export function workspaceFacts({
  kind,
  file,
  name,
  environment
}: WorkspaceState): Record<string, string> {
  return { 'the workspace': `${kind} ${file ?? name}`, 'the environment': environment }
}
