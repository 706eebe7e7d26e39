/** What closing the window means: asked once, then as answered. Nothing running: it ends. */
import type { Preferences } from '../../preload/contract/preferences.ts'
import type { Ask } from './window-questions.ts'

export interface CloseQuestionParts {
  wish(): Preferences['onWindowClose']
  keepWish(wish: 'background' | 'quit'): Promise<void>
  /** "Quit and stop the proxy (1.24k req/s)". */
  stopSentence(): string
  /** Nothing that serves would be stopped by a quit. */
  isIdle(): boolean
  readonly ask: Ask
}

export type CloseDecision = 'background' | 'quit' | 'stay'

export async function decideClose(parts: CloseQuestionParts): Promise<CloseDecision> {
  // In the background it would do nothing, and on some desktops be seen nowhere.
  if (parts.isIdle()) return 'quit'
  const wish = parts.wish()
  if (wish !== 'ask') return wish
  const response = await parts.ask({
    type: 'question',
    message: 'Keep the proxy running in the background?',
    detail:
      'Starting Switchyard again brings the window back. You are asked only once; ' +
      'Settings changes the answer.',
    buttons: ['Keep it running', parts.stopSentence(), 'Cancel'],
    defaultId: 0,
    cancelId: 2
  })
  if (response === null || response === 2) return 'stay'
  const answer = response === 0 ? 'background' : 'quit'
  await parts.keepWish(answer)
  return answer
}
