/** Calls and the topic of the contract about the workspace: `workspace.*` and `config.*`. */
import { readFile } from 'node:fs/promises'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { TopicSource } from '../../contract/topic-sources.ts'
import type { Workspace } from './workspace.ts'

export type WorkspaceMethods = Extract<
  keyof MethodHandlers,
  `workspace.${string}` | `config.${string}`
>

export interface WorkspaceAbilities {
  /** The host's own dialogue; absent where it has none. */
  readonly chooseFile?: (() => Promise<string | null>) | undefined
  /** `resources/switchyard.schema.json`. */
  readonly schemaFile: string
}

export function workspaceHandlers(
  workspace: Workspace,
  { chooseFile, schemaFile }: WorkspaceAbilities
): Pick<MethodHandlers, WorkspaceMethods> {
  const { config } = workspace
  return {
    'workspace.open': ({ file }) => openInPlace(workspace, file),
    'workspace.choose': async () => {
      const file = await needDialogue(chooseFile)()
      return file === null ? null : openInPlace(workspace, file)
    },
    'workspace.dismissLastEnd': () => workspace.dismissLastEnd(),
    'config.check': ({ text }) => [...config.check(text)],
    'config.schema': () => readSchema(schemaFile),
    'config.review': () => config.review(),
    'config.stage': (text) => config.stage(text),
    'config.unstage': (which) => config.unstage(which),
    'config.restage': (which) => config.restage(which),
    'config.stageBackend': (backend) => config.stageBackend(backend),
    'config.versions': () => [...config.versions()],
    'config.version': ({ id }) => config.version(id)
  }
}

export function workspaceTopic(workspace: Workspace): TopicSource<'workspace'> {
  return {
    open(_args, push) {
      push(workspace.state)
      return workspace.onChange(push)
    }
  }
}

/**
 * Opening another file ends what the present one serves, which is dangerous enough to be planned:
 * closing has that plan, with its level and its confirmation.
 */
export function refuseWhileServing({ state }: Pick<Workspace, 'state'>): void {
  if (state.kind !== 'file' || state.runningHash === null) return
  throw new SwitchyardError('WORKSPACE_SERVES', `${state.name} is open and serves traffic.`)
}

function openInPlace(workspace: Workspace, file: string): ReturnType<Workspace['open']> {
  if (workspace.state.file !== file) refuseWhileServing(workspace)
  return workspace.open(file)
}

function needDialogue(
  chooseFile: WorkspaceAbilities['chooseFile']
): NonNullable<WorkspaceAbilities['chooseFile']> {
  if (chooseFile) return chooseFile
  throw new SwitchyardError(
    'ABILITY_MISSING',
    'This host has no dialogue for files: type or paste the path of the file instead.'
  )
}

async function readSchema(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `${file} cannot be read: ${reason}.`
    throw new SwitchyardError('INSTALLATION_INCOMPLETE', message, {}, { cause: error })
  }
}
