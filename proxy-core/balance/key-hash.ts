/**
 * MurmurHash3 for x86, 32 bits (Austin Appleby, public domain): every bit of the result depends
 * on every bit of the text. Nothing else goes in but the seed, so every start, every machine
 * and every replica of the balancer hash alike, and so does any other implementation of it.
 *
 * No protection against keys that are chosen to collide: who chooses keys can always find
 * many that lead to one backend, with any hash.
 */

const C1 = 0xcc9e2d51
const C2 = 0x1b873593

/** 0 to 2^32 − 1. `text`: one character is one octet, as in everything read from a head. */
export function keyHash(text: string, seed = 0): number {
  const { length } = text
  const wholeLength = length & ~3
  let hash = seed
  for (let at = 0; at < wholeLength; at += 4) {
    const block =
      (text.charCodeAt(at) & 0xff) |
      ((text.charCodeAt(at + 1) & 0xff) << 8) |
      ((text.charCodeAt(at + 2) & 0xff) << 16) |
      ((text.charCodeAt(at + 3) & 0xff) << 24)
    hash ^= scrambled(block)
    hash = (hash << 13) | (hash >>> 19)
    hash = Math.imul(hash, 5) + 0xe6546b64
  }
  let rest = 0
  for (let at = length - 1; at >= wholeLength; at--) {
    rest = (rest << 8) | (text.charCodeAt(at) & 0xff)
  }
  if (length !== wholeLength) hash ^= scrambled(rest)
  return avalanche(hash ^ length)
}

/** The finaliser of MurmurHash3: a bijection of 32 bits in which each bit reaches all. */
export function avalanche(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function scrambled(block: number): number {
  const mixed = Math.imul(block, C1)
  return Math.imul((mixed << 15) | (mixed >>> 17), C2)
}
