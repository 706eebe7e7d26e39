/**
 * The screens and inspectors that this build has. They are found by their names when the page is
 * built, so that a screen is added by its folder alone, and what is not built is not shown.
 */
import type { Component } from 'svelte'
import type { ScreenName } from '../state/route.ts'

interface InspectorProps {
  readonly 'pools/backend': { readonly pool: string; readonly backend: string }
  readonly 'pools/pool': { readonly pool: string }
  readonly 'traffic/request': { readonly seq: number }
  readonly 'incidents/event': { readonly seq: number }
}

type Modules = Readonly<Record<string, { readonly default: unknown }>>

const SCREENS: Modules = import.meta.glob('../screens/*/*-screen.svelte', { eager: true })
const INSPECTORS: Modules = import.meta.glob('../screens/*/*-inspector.svelte', { eager: true })

/** null where this build has no such screen. */
export function screenOf(name: ScreenName): Component | null {
  const module = SCREENS[`../screens/${name}/${name}-screen.svelte`]
  return (module?.default as Component | undefined) ?? null
}

/** null where this build has no such inspector. */
export function inspectorOf<Name extends keyof InspectorProps>(
  name: Name
): Component<InspectorProps[Name]> | null {
  const module = INSPECTORS[`../screens/${name}-inspector.svelte`]
  return (module?.default as Component<InspectorProps[Name]> | undefined) ?? null
}
