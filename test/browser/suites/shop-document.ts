/**
 * One listener before the pool `shop`, written as people write it. What stands around it, a
 * suite adds.
 */
export interface ShopParts {
  readonly port: number
  readonly adminPort: number
  readonly address: string
  /** A further line of the pool, before its backends. */
  readonly ofPool?: string
}

export function shopDocument({ port, adminPort, address, ofPool }: ShopParts): string {
  const further = ofPool === undefined ? '' : `    ${ofPool}\n`
  return `admin: { address: 127.0.0.1:${adminPort} }
listeners:
  - { name: web, address: 127.0.0.1:${port} }
routes:
  - { pool: shop }
pools:
  - name: shop
    algorithm: round_robin
${further}    backends:
      - { address: "${address}" }
`
}
