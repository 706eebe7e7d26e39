/** What closing the window means: asked once, then as answered. Nothing running: it ends. */
import { dialog } from 'electron'
import type { Preferences } from '../../preload/contract/preferences.ts'

export interface CloseQuestionParts {
  wish(): Preferences['onWindowClose']
  keepWish(wish: 'background' | 'quit'): Promise<void>
  /** "Quit and stop the proxy (1.24k req/s)". */
  stopSentence(): string
  /** Nothing that serves would be stopped by a quit. */
  isIdle(): boolean
}

export type CloseDecision = 'background' | 'quit' | 'stay'

export async function decideClose(parts: CloseQuestionParts): Promise<CloseDecision> {
  const wish = parts.wish()
  if (wish !== 'ask') return wish
  if (parts.isIdle()) return 'quit'
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Keep the proxy running in the background?',
    detail:
      'Starting Switchyard again brings the window back. You are asked only once; ' +
      'Settings changes the answer.',
    buttons: ['Keep it running', parts.stopSentence(), 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true
  })
  if (response === 2) return 'stay'
  const answer = response === 0 ? 'background' : 'quit'
  await parts.keepWish(answer)
  return answer
}
