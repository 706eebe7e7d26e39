/** "Kill demo-2 · watch traffic move · heal it": which of the three comes next. Pure. */
import type { DemoState } from '../../../preload/contract/workspace-state.ts'

export interface DemoHint {
  readonly id: 'kill' | 'watch' | 'heal'
  readonly number: number
  readonly text: string
  readonly state: 'done' | 'now' | 'later'
  /** What its button does; null: there is nothing to press. */
  readonly sets: { readonly backend: string; readonly isRunning: boolean } | null
}

/** @param hasKilled a backend was killed since the strip is shown. */
export function demoHints(demo: DemoState, hasKilled: boolean): readonly DemoHint[] {
  const killed = demo.backends.find(({ isRunning }) => !isRunning)
  const victim = killed ?? demo.backends[1] ?? demo.backends[0]
  if (victim === undefined) return []
  const { name } = victim
  const isDown = killed !== undefined
  const isOver = hasKilled && !isDown
  return [
    {
      id: 'kill',
      number: 1,
      text: `Kill ${name}`,
      state: isDown ? 'done' : 'now',
      sets: { backend: name, isRunning: false }
    },
    {
      id: 'watch',
      number: 2,
      text: 'Watch the traffic move',
      state: isDown ? 'now' : isOver ? 'done' : 'later',
      sets: null
    },
    {
      id: 'heal',
      number: 3,
      text: `Start ${name} again`,
      state: isDown ? 'now' : isOver ? 'done' : 'later',
      sets: { backend: name, isRunning: true }
    }
  ]
}
