/**
 * The operator's work on the open configuration: staging, review, applying and restoring, with a
 * version in the history for everything that ran.
 */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import {
  MAX_EDITABLE_CHARACTERS,
  type ConfigProblemLine,
  type ConfigReview,
  type ConfigText as ShownText,
  type ConfigVersion,
  type Environment
} from '../../../preload/contract/workspace-state.ts'
import { addBackend, type NewBackend } from './add-backend.ts'
import {
  plannedState,
  type AppliedConfig,
  type ConfigDesk,
  type ConfigPlan
} from './config-desk.ts'
import { reviewOf } from './config-review.ts'
import { applyWarnings, restoreWarnings } from './config-warnings.ts'
import type { ConfigText } from './config-text.ts'
import type { Lane } from './lane.ts'
import { maskSecrets } from './masking/mask-secrets.ts'
import type { AppliedChange, OpenConfig, OutsideChange } from './open-config.ts'
import { rollbackOffer, type RollbackWatch } from './rollback-watch.ts'
import {
  isEditable,
  receivedProblems,
  receiveText,
  shownProblems,
  type ReceivedText
} from './shown-text.ts'
import { summaryOf, VersionDesk, type VersionAuthor } from './version-desk.ts'
import type { VersionLog } from './version-log.ts'
import type { WorkspaceNotice } from './workspace-notice.ts'

export interface ConfigWorkParts {
  readonly lane: Lane
  readonly versions: VersionLog
  readonly rollbackWatch: RollbackWatch
  /** null: nothing is open. */
  current(): OpenConfig | null
  environment(): Environment
  isReadOnly(): boolean
  /** Something that the workspace's state shows has changed. */
  onChange(): void
  /** The text on disk was looked at again. */
  onOutsideChange(config: OpenConfig, change: OutsideChange): void
  notice(notice: WorkspaceNotice): void
}

/** The configuration that an edit is meant for: its path, null = the demo. */
export interface Addressed {
  readonly file: string | null
}

export interface NewText extends Addressed {
  /** Hash of the text that the edit began with. */
  readonly base: string
  readonly text: string
}

export class ConfigWork implements ConfigDesk {
  readonly #parts: ConfigWorkParts
  readonly #versions: VersionDesk

  constructor(parts: ConfigWorkParts) {
    this.#parts = parts
    this.#versions = new VersionDesk(parts.versions)
  }

  /** Problems of any text, also while nothing is open. */
  check(text: string): readonly ConfigProblemLine[] {
    const open = this.#parts.current()
    const received = open?.receive(text) ?? receiveText(text, { file: 'config', baseDir: '/' }, [])
    return receivedProblems(received)
  }

  /** Throws WORKSPACE_NONE. */
  review(): ConfigReview {
    return reviewOf(this.#need())
  }

  /** Throws as `config.stage` of the contract says. */
  stage({ file, base, text }: NewText): Promise<ConfigReview> {
    return this.#edit(file, async (open) => {
      needEditable(open, text)
      await open.stage(text, base)
    })
  }

  unstage({ file }: Addressed): Promise<ConfigReview> {
    return this.#edit(file, async (open) => this.#parts.onOutsideChange(open, await open.unstage()))
  }

  restage({ file, hash }: Addressed & { readonly hash: string }): Promise<ConfigReview> {
    return this.#edit(file, (open) => open.restage(hash))
  }

  stageBackend({
    file,
    pool,
    ...backend
  }: Addressed & NewBackend & { readonly pool: string }): Promise<ConfigReview> {
    return this.#edit(file, async (open) => {
      const base = shownOf(open)
      // The page's own text comes back masked, so the edit is made on the masked text too.
      const text = maskSecrets(addBackend(base?.text ?? '', pool, backend)).text
      await open.stage(text, base?.hash ?? '')
    })
  }

  planStaged(): Promise<ConfigPlan> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      await open.lookAtDisk()
      const staged = needStaged(open)
      // Whoever applies this plan has been told what it replaces.
      const isTold = open.disk !== null || open.isDeleted
      staged.acceptedDiskHash = isTold ? open.diskHash : null
      return this.#planOf(open, staged.received, applyWarnings(open, staged.config))
    })
  }

  /** Without `planned`: whatever is staged. */
  applyStaged(actor: string, reason: string, planned?: string): Promise<AppliedConfig> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      const { received, baseHash, acceptedDiskHash } = needStaged(open)
      requirePlanned(open, received.config, planned)
      const replaceable = [baseHash, ...(acceptedDiskHash === null ? [] : [acceptedDiskHash])]
      return this.#take(open, () => open.apply(received, replaceable), { actor, reason })
    })
  }

  planRestore(versionId: number): Promise<ConfigPlan> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      await open.lookAtDisk()
      const version = this.#versions.need(open, versionId)
      const received = open.receiveVersion(version)
      const isDiskKnown = open.disk === null || this.#versions.isKnown(open, open.disk)
      const warnings = restoreWarnings(open, { version, received, isDiskKnown })
      return this.#planOf(open, received, warnings)
    })
  }

  restore(
    versionId: number,
    actor: string,
    reason: string,
    planned?: string
  ): Promise<AppliedConfig> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      const received = open.receiveVersion(this.#versions.need(open, versionId))
      requirePlanned(open, received.config, planned)
      return this.#take(open, () => open.apply(received, [open.diskHash]), { actor, reason })
    })
  }

  planDiscard(): Promise<ConfigPlan> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      await open.lookAtDisk()
      needStaged(open)
      const config = open.disk ?? unreadable(open)
      const plan = this.#planOf(open, { config, unknownMasks: [] }, [])
      return { ...plan, stateHashParts: [...plan.stateHashParts, stagedHashOf(open)] }
    })
  }

  discard(actor: string, reason: string, planned?: string): Promise<AppliedConfig> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      needStaged(open)
      requirePlanned(open, open.disk ?? unreadable(open), planned, [stagedHashOf(open)])
      const author = { actor, reason: reason === '' ? 'Took the file’s text' : reason }
      return this.#take(open, () => open.takeDisk(), author)
    })
  }

  /** Newest first; of the open file only. */
  versions(): readonly ConfigVersion[] {
    return this.#versions.list(this.#need())
  }

  version(id: number): ShownText {
    return this.#versions.shown(this.#need(), id)
  }

  /** What runs now came from elsewhere than this console: it belongs into the history all the same. */
  recordRunning(open: OpenConfig, actor: string, reason: string, changes: readonly string[]): void {
    this.#versions.noteRunning(open, { actor, reason }, changes)
  }

  async #take(
    open: OpenConfig,
    change: () => Promise<AppliedChange>,
    author: VersionAuthor
  ): Promise<AppliedConfig> {
    try {
      const applied = await change()
      const recorded = this.#versions.noteApplied(open, applied, author)
      const summary = summaryOf(applied.changes)
      this.#parts.rollbackWatch.begin((rise) => {
        this.#parts.notice(rollbackOffer(rise, summary, recorded.previousVersionId))
      })
      return { sentence: `Applied: ${summary}.`, ...recorded }
    } finally {
      // A failure may have shown a changed file, too.
      this.#parts.onChange()
    }
  }

  #planOf(
    open: OpenConfig,
    received: Pick<ReceivedText, 'config' | 'unknownMasks'>,
    warnings: readonly string[]
  ): ConfigPlan {
    const { config, unknownMasks } = received
    const { sentences, isDestructive } = open.changesTo(config)
    return {
      subject: open.origin.name,
      environment: this.#parts.environment(),
      changes: sentences.length > 0 ? sentences : ['Nothing changes'],
      problems: shownProblems(config, unknownMasks),
      warnings,
      isDestructive,
      isHarmless: unknownMasks.length === 0 && open.isHarmless(config),
      restart: open.restartFor(config),
      stateHashParts: statePartsOf(open, config)
    }
  }

  #edit(file: string | null, action: (open: OpenConfig) => Promise<void>): Promise<ConfigReview> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      requireMeant(open, file)
      if (this.#parts.isReadOnly()) {
        const message = 'The console is set to read-only; nothing was staged.'
        throw new SwitchyardError('READ_ONLY', message)
      }
      try {
        await action(open)
      } finally {
        // A refusal may have shown a changed file, too.
        this.#parts.onChange()
      }
      return reviewOf(open)
    })
  }

  #need(): OpenConfig {
    const open = this.#parts.current()
    if (open) return open
    throw new SwitchyardError('WORKSPACE_NONE', 'No configuration is open.')
  }
}

/** Where nobody reads at the moment, the text was meant for what was open before. */
function requireMeant({ origin }: OpenConfig, file: string | null): void {
  if ((origin.isKept ? origin.file : null) === file) return
  const message = `${origin.name} is open now; nothing was staged.`
  throw new SwitchyardError('WORKSPACE_CHANGED', message)
}

function statePartsOf(open: OpenConfig, config: ConfigText): readonly string[] {
  return [open.origin.file, open.diskHash, open.running?.hash ?? '', config.hash]
}

function stagedHashOf({ staged }: OpenConfig): string {
  return staged?.config.hash ?? ''
}

/** Between a plan's last look and this turn of the lane somebody else may have had theirs. */
function requirePlanned(
  open: OpenConfig,
  config: ConfigText,
  planned: string | undefined,
  more: readonly string[] = []
): void {
  const stateHashParts = [...statePartsOf(open, config), ...more]
  if (planned === undefined || planned === plannedState({ stateHashParts })) return
  const message = `What is staged, on disk or running of ${open.origin.name} has changed. Nothing was done.`
  throw new SwitchyardError('PLAN_OUTDATED', message)
}

function needStaged(open: OpenConfig): NonNullable<OpenConfig['staged']> {
  if (open.staged) return open.staged
  throw new SwitchyardError('CONFIG_NOT_STAGED', `Nothing is staged for ${open.origin.name}.`)
}

function unreadable({ origin }: OpenConfig): never {
  throw new SwitchyardError('CONFIG_UNREADABLE', `${origin.file} cannot be read.`)
}

/** The text that a page is shown. */
function shownOf(open: OpenConfig): ConfigText | null {
  return open.staged?.config ?? open.disk ?? open.running
}

/** A page that was shown nothing of a large text must not replace it by what it typed. */
function needEditable(open: OpenConfig, text: string): void {
  const isShownWhole = isEditable(maskSecrets(shownOf(open)?.text ?? '').text)
  if (isShownWhole && isEditable(text)) return
  const which = isShownWhole ? 'This text' : open.origin.name
  throw new SwitchyardError(
    'CONFIG_TOO_LARGE',
    `${which} is longer than ${MAX_EDITABLE_CHARACTERS} characters; nothing was staged.`
  )
}
