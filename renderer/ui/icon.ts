/** An icon of the icon library, drawn in the colour of the text around it. */
import type { Component } from 'svelte'

export type Icon = Component<{ size?: number | string; strokeWidth?: number | string }>

/** Side in CSS pixels, as the token `--icon`. */
export const ICON_SIZE = 16
