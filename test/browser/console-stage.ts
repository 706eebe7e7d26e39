/**
 * Where the browser suite plays: a running console and a way to see it. The suite is a function
 * of this, so that the page is judged alike over a WebSocket and over IPC.
 */
import type { Page } from 'playwright-core'
import type { TemporaryFolder } from '../servers/temporary-folder.ts'

/** What the person in front of the page has set. */
export interface Viewer {
  /** CSS pixels; default 1440 × 900. */
  readonly widthPx?: number
  readonly heightPx?: number
  /** Default dark. */
  readonly theme?: 'dark' | 'light'
  readonly isMotionReduced?: boolean
  readonly hasForcedColours?: boolean
  /** The page takes it for the time, always; absent: the machine's clock. */
  readonly fixedTimeMs?: number
}

export interface ConsoleStage {
  /** For the files of a test; gone with the stage. */
  readonly folder: TemporaryFolder
  /** A page of the console that has said hello. The one that was open before is closed. */
  open(viewer?: Viewer): Promise<Page>
  /** What the open page complained about: errors, warnings, failed or refused requests. */
  readonly complaints: readonly string[]
  /** The process that carries the traffic; waits for one. */
  enginePid(): Promise<number>
  /** Ends the console and everything it started. Idempotent. */
  dispose(): Promise<void>
}

export type StartStage = () => Promise<ConsoleStage>

export const USUAL_WIDTH_PX = 1440
export const USUAL_HEIGHT_PX = 900
