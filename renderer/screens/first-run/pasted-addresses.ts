/** What an operator pastes: addresses between spaces, commas or line ends, in any order. */

export const MAX_ADDRESSES = 100

/** In the order of the text, each once; quotes and list marks around them are left out. */
export function pastedAddresses(text: string): readonly string[] {
  const words = text.split(/[\s,;]+/).map((word) => word.replace(/^[-*"'<(]+|["'>)]+$/g, ''))
  return eachOnce(words.filter((word) => word !== '')).slice(0, MAX_ADDRESSES)
}

/** In the order of the first ones. */
export function eachOnce(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}

/** A whole number from 1 to 65535, or why it is none. */
export function readPort(text: string): { readonly port: number } | { readonly problem: string } {
  const trimmed = text.trim()
  if (trimmed === '') return { problem: 'Give the port that clients connect to.' }
  const port = Number(trimmed)
  const isPort = /^[0-9]{1,5}$/.test(trimmed) && port >= 1 && port <= 65_535
  return isPort ? { port } : { problem: 'A port is a whole number from 1 to 65535.' }
}
