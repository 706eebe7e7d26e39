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
import type { ConfigText, ValidText } from './config-text.ts'
import type { Lane } from './lane.ts'
import { maskSecrets } from './masking/mask-secrets.ts'
import type { AppliedChange, OpenConfig, OutsideChange } from './open-config.ts'
import type { ErrorRise, RollbackWatch } from './rollback-watch.ts'
import {
  isEditable,
  receivedProblems,
  receiveText,
  shownMasked,
  shownProblems,
  type ReceivedText
} from './shown-text.ts'
import type { KeptConfigVersion, VersionLog } from './version-log.ts'
import type { WorkspaceNotice } from './workspace-notice.ts'

const MAX_VERSIONS = 50
/** Sentences of a change that its summary names. */
const MAX_NAMED = 3

export interface ConfigWorkParts {
  readonly lane: Lane
  readonly versions: VersionLog
  readonly rollbackWatch: RollbackWatch
  /** null: nothing is open. */
  current(): OpenConfig | null
  environment(): Environment
  /** Something that the workspace's state shows has changed. */
  onChange(): void
  /** The text on disk was looked at again. */
  onOutsideChange(config: OpenConfig, change: OutsideChange): void
  notice(notice: WorkspaceNotice): void
}

interface Author {
  readonly actor: string
  readonly reason: string
}

export class ConfigWork implements ConfigDesk {
  readonly #parts: ConfigWorkParts

  constructor(parts: ConfigWorkParts) {
    this.#parts = parts
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

  stage(text: string): Promise<ConfigReview> {
    return this.#edit(async (open) => {
      needEditable(open, text)
      await open.stage(text)
    })
  }

  unstage(): Promise<ConfigReview> {
    return this.#edit(async (open) => this.#parts.onOutsideChange(open, await open.unstage()))
  }

  stageBackend(pool: string, backend: NewBackend): Promise<ConfigReview> {
    return this.#edit(async (open) => {
      const base = (open.staged?.config ?? open.disk ?? open.running)?.text ?? ''
      // The page's own text comes back masked, so the edit is made on the masked text too.
      await open.stage(maskSecrets(addBackend(base, pool, backend)).text)
    })
  }

  planStaged(): Promise<ConfigPlan> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      await open.lookAtDisk()
      const staged = needStaged(open)
      // Whoever applies this plan has been told what it replaces.
      staged.acceptedDiskHash = open.disk?.hash ?? null
      return this.#planOf(open, staged.received, warningsOf(open))
    })
  }

  /** Without `planned`: whatever is staged. */
  applyStaged(actor: string, reason: string, planned?: string): Promise<AppliedConfig> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      const { received, baseHash, acceptedDiskHash } = needStaged(open)
      requirePlanned(open, received, planned)
      const replaceable = [baseHash, ...(acceptedDiskHash === null ? [] : [acceptedDiskHash])]
      return this.#apply(open, received, replaceable, { actor, reason })
    })
  }

  planRestore(versionId: number): Promise<ConfigPlan> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      await open.lookAtDisk()
      const received = open.receiveVersion(this.#needVersion(open, versionId).text)
      const staged = open.staged ? ['What is staged stays staged and is not applied.'] : []
      return this.#planOf(open, received, staged)
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
      const received = open.receiveVersion(this.#needVersion(open, versionId).text)
      requirePlanned(open, received, planned)
      return this.#apply(open, received, [open.disk?.hash ?? ''], { actor, reason })
    })
  }

  /** Newest first; of the open file only. */
  versions(): readonly ConfigVersion[] {
    const open = this.#need()
    const kept = this.#parts.versions.list(open.origin.file, MAX_VERSIONS)
    const runningId = newestOf(kept, open.running)?.id
    return kept.map(({ id, atMs, actor, reason, summary, hash }) => {
      return { id, atMs, actor, reason, summary, hash, isRunning: id === runningId }
    })
  }

  version(id: number): ShownText {
    const { text, hash } = this.#needVersion(this.#need(), id)
    return shownMasked(text, hash)
  }

  /** What runs now came from elsewhere than this console: it belongs into the history all the same. */
  recordRunning(open: OpenConfig, actor: string, reason: string, changes: readonly string[]): void {
    const { running, origin } = open
    if (running === null || !origin.isKept) return
    const [newest] = this.#parts.versions.list(origin.file, 1)
    if (newest?.hash === running.hash) return
    this.#record(open, running, { actor, reason, summary: summaryOf(changes) })
  }

  async #apply(
    open: OpenConfig,
    received: ReceivedText,
    replaceable: readonly string[],
    author: Author
  ): Promise<AppliedConfig> {
    try {
      return this.#takeApplied(open, await open.apply(received, replaceable), author)
    } finally {
      // A failure may have shown a changed file, too.
      this.#parts.onChange()
    }
  }

  #takeApplied(
    open: OpenConfig,
    { changes, before, now }: AppliedChange,
    author: Author
  ): AppliedConfig {
    const summary = summaryOf(changes)
    const known = open.origin.isKept
      ? this.#parts.versions.list(open.origin.file, MAX_VERSIONS)
      : []
    const previousVersionId = newestOf(known, before)?.id ?? null
    const versionId = open.origin.isKept ? this.#record(open, now, { ...author, summary }) : null
    this.#parts.rollbackWatch.begin((rise) => {
      this.#parts.notice(rollbackOffer(rise, summary, previousVersionId))
    })
    return { sentence: `Applied: ${summary}.`, versionId, previousVersionId }
  }

  #record(
    open: OpenConfig,
    config: ValidText,
    about: Author & { readonly summary: string }
  ): number {
    const text = maskSecrets(config.text).text
    return this.#parts.versions.add({ ...about, file: open.origin.file, hash: config.hash, text })
  }

  #planOf(open: OpenConfig, received: ReceivedText, warnings: readonly string[]): ConfigPlan {
    const { config, unknownMasks } = received
    const { sentences, isDestructive } = open.changesTo(config)
    return {
      subject: open.origin.name,
      environment: this.#parts.environment(),
      changes: sentences.length > 0 ? sentences : ['Nothing changes'],
      problems: shownProblems(config, unknownMasks),
      warnings,
      isDestructive,
      restart: open.restartFor(config),
      stateHashParts: statePartsOf(open, received)
    }
  }

  #edit(action: (open: OpenConfig) => Promise<void>): Promise<ConfigReview> {
    return this.#parts.lane.run(async () => {
      const open = this.#need()
      await action(open)
      this.#parts.onChange()
      return reviewOf(open)
    })
  }

  #need(): OpenConfig {
    const open = this.#parts.current()
    if (open) return open
    throw new SwitchyardError('WORKSPACE_NONE', 'No configuration is open.')
  }

  #needVersion(open: OpenConfig, id: number): KeptConfigVersion {
    const version = this.#parts.versions.read(id)
    if (version?.file === open.origin.file) return version
    throw new SwitchyardError(
      'CONFIG_VERSION_UNKNOWN',
      `The history of ${open.origin.name} holds no version ${id}.`
    )
  }
}

function statePartsOf(open: OpenConfig, { config }: ReceivedText): readonly string[] {
  return [open.origin.file, open.disk?.hash ?? '', open.running?.hash ?? '', config.hash]
}

/** Between a plan's last look and this turn of the lane somebody else may have had theirs. */
function requirePlanned(
  open: OpenConfig,
  received: ReceivedText,
  planned: string | undefined
): void {
  const stateHashParts = statePartsOf(open, received)
  if (planned === undefined || planned === plannedState({ stateHashParts })) return
  const message = `What is staged, on disk or running of ${open.origin.name} has changed. Nothing was done.`
  throw new SwitchyardError('PLAN_OUTDATED', message)
}

function needStaged(open: OpenConfig): NonNullable<OpenConfig['staged']> {
  if (open.staged) return open.staged
  throw new SwitchyardError('CONFIG_NOT_STAGED', `Nothing is staged for ${open.origin.name}.`)
}

/** A page that was shown nothing of a large text must not replace it by what it typed. */
function needEditable(open: OpenConfig, text: string): void {
  const shown = (open.staged?.config ?? open.disk ?? open.running)?.text ?? ''
  const isShownWhole = isEditable(maskSecrets(shown).text)
  if (isShownWhole && isEditable(text)) return
  const which = isShownWhole ? 'This text' : open.origin.name
  throw new SwitchyardError(
    'CONFIG_TOO_LARGE',
    `${which} is longer than ${MAX_EDITABLE_CHARACTERS} characters; nothing was staged.`
  )
}

function warningsOf(open: OpenConfig): readonly string[] {
  if (!open.isChangedUnderneath) return []
  return [
    `${open.origin.name} was changed by another program after this edit began; applying replaces that change.`
  ]
}

function newestOf<Version extends { readonly hash: string }>(
  versions: readonly Version[],
  config: ConfigText | null
): Version | undefined {
  return versions.find(({ hash }) => hash === config?.hash)
}

function summaryOf(changes: readonly string[]): string {
  if (changes.length === 0) return 'Nothing changed'
  const named = changes.slice(0, MAX_NAMED).join('; ')
  const more = changes.length - MAX_NAMED
  return more > 0 ? `${named}; and ${more} more` : named
}

function rollbackOffer(
  { before, now, afterMs }: ErrorRise,
  summary: string,
  restoreVersionId: number | null
): WorkspaceNotice {
  const seconds = Math.round(afterMs / 1000)
  const offer =
    restoreVersionId === null
      ? ''
      : ` Version ${restoreVersionId}, which ran before, can be restored.`
  return {
    severity: 'warning',
    text: `Errors rose from ${percent(before)} to ${percent(now)} within ${seconds} s of this change: ${summary}.${offer}`,
    code: null,
    restoreVersionId
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}
