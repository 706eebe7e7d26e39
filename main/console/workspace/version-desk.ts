/** The versions of the open configuration: everything that ran, with who and why. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type {
  ConfigText as ShownText,
  ConfigVersion
} from '../../../preload/contract/workspace-state.ts'
import type { ConfigText } from './config-text.ts'
import { maskSecrets } from './masking/mask-secrets.ts'
import type { AppliedChange, OpenConfig } from './open-config.ts'
import { shownMasked } from './shown-text.ts'
import type { KeptConfigVersion, VersionLog } from './version-log.ts'

const MAX_VERSIONS = 50
/** Sentences of a change that its summary names. */
const MAX_NAMED = 3

export interface VersionAuthor {
  readonly actor: string
  readonly reason: string
}

export interface RecordedChange {
  /** Of what runs now; null where no history is kept. */
  readonly versionId: number | null
  /** Of what ran before; null when there is none. */
  readonly previousVersionId: number | null
}

export class VersionDesk {
  readonly #log: VersionLog

  constructor(log: VersionLog) {
    this.#log = log
  }

  /** Newest first; of the open file only. */
  list(open: OpenConfig): readonly ConfigVersion[] {
    const kept = this.#log.list(open.origin.file, MAX_VERSIONS)
    const runningId = newestOf(kept, open.running)?.id
    return kept.map(({ id, atMs, actor, reason, summary, hash }) => {
      return { id, atMs, actor, reason, summary, hash, isRunning: id === runningId }
    })
  }

  shown(open: OpenConfig, id: number): ShownText {
    const { text, hash } = this.need(open, id)
    return shownMasked(text, hash)
  }

  /** Throws CONFIG_VERSION_UNKNOWN. */
  need(open: OpenConfig, id: number): KeptConfigVersion {
    const version = this.#log.read(id)
    if (version?.file === open.origin.file) return version
    throw new SwitchyardError(
      'CONFIG_VERSION_UNKNOWN',
      `The history of ${open.origin.name} holds no version ${id}.`
    )
  }

  /** Whether the history has a text, or it runs. */
  isKnown(open: OpenConfig, config: ConfigText): boolean {
    if (config.hash === open.running?.hash) return true
    return newestOf(this.#log.list(open.origin.file, MAX_VERSIONS), config) !== undefined
  }

  /** What runs now came from elsewhere than this console. */
  noteRunning(open: OpenConfig, author: VersionAuthor, changes: readonly string[]): void {
    const { running, origin } = open
    if (running === null || !origin.isKept) return
    const [newest] = this.#log.list(origin.file, 1)
    if (newest?.hash === running.hash) return
    this.#record(open, running, author, summaryOf(changes))
  }

  noteApplied(
    open: OpenConfig,
    { before, now, replaced, changes }: AppliedChange,
    author: VersionAuthor
  ): RecordedChange {
    if (!open.origin.isKept) return { versionId: null, previousVersionId: null }
    const known = this.#log.list(open.origin.file, MAX_VERSIONS)
    if (replaced !== null && newestOf(known, replaced) === undefined) {
      this.#record(open, replaced, REPLACED, 'Was on disk and never ran')
    }
    return {
      versionId: this.#record(open, now, author, summaryOf(changes)),
      previousVersionId: newestOf(known, before)?.id ?? null
    }
  }

  #record(open: OpenConfig, config: ConfigText, author: VersionAuthor, summary: string): number {
    const { file } = open.origin
    const text = maskSecrets(config.text).text
    return this.#log.add({ ...author, summary, file, hash: config.hash, text })
  }
}

const REPLACED: VersionAuthor = {
  actor: 'another program',
  reason: 'Kept because an edit in the console replaced it'
}

export function summaryOf(changes: readonly string[]): string {
  if (changes.length === 0) return 'Nothing changed'
  const named = changes.slice(0, MAX_NAMED).join('; ')
  const more = changes.length - MAX_NAMED
  return more > 0 ? `${named}; and ${more} more` : named
}

function newestOf<Version extends { readonly hash: string }>(
  versions: readonly Version[],
  config: ConfigText | null
): Version | undefined {
  return versions.find(({ hash }) => hash === config?.hash)
}
