/**
 * Reads the colours of tokens.css for one theme, as a browser would: `light-dark()`, `var()` and
 * `color-mix(in srgb, a p%, b)`. For the contrast test, which must read the real file.
 */

export type Theme = 'light' | 'dark'
export type Rgb = readonly [red: number, green: number, blue: number]

/** @param css the text of tokens.css; only its first `:root` block holds colours of the themes. */
export function readTokens(css: string, theme: Theme): ReadonlyMap<string, string> {
  const block = /:root\s*\{([^}]*)\}/.exec(css.replace(/\/\*.*?\*\//gs, ''))?.[1] ?? ''
  const tokens = new Map<string, string>()
  for (const declaration of block.split(';')) {
    const [name, value] = declaration.split(/:(.*)/s, 2)
    if (name === undefined || value === undefined) continue
    const chosen = value
      .trim()
      .replace(/^light-dark\(([^,]+),([^)]+)\)$/, theme === 'light' ? '$1' : '$2')
    tokens.set(name.trim(), chosen.trim())
  }
  return tokens
}

/** @throws Error when the token is absent or no colour that this reader knows. */
export function colourOf(tokens: ReadonlyMap<string, string>, name: string): Rgb {
  const value = tokens.get(`--${name}`)
  if (value === undefined) throw new Error(`There is no token --${name}.`)
  return parse(tokens, value)
}

function parse(tokens: ReadonlyMap<string, string>, value: string): Rgb {
  const named = /^var\(--([\w-]+)\)$/.exec(value)
  if (named !== null) return colourOf(tokens, named[1]!)
  const mixed = /^color-mix\(in srgb, (.+) ([\d.]+)%, (.+)\)$/.exec(value)
  if (mixed !== null) {
    const [top, ground] = [parse(tokens, mixed[1]!), parse(tokens, mixed[3]!)]
    const share = Number(mixed[2]) / 100
    return [0, 1, 2].map((at) => top[at]! * share + ground[at]! * (1 - share)) as unknown as Rgb
  }
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value)
  if (hex === null) throw new Error(`"${value}" is no colour that can be computed here.`)
  return [hex[1]!, hex[2]!, hex[3]!].map((pair) => Number.parseInt(pair, 16)) as unknown as Rgb
}

/** Contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance"). */
export function contrast(one: Rgb, other: Rgb): number {
  const [bright, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [
    number,
    number
  ]
  return (bright + 0.05) / (dark + 0.05)
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
