/**
 * From the validated document to the settings that the engine runs on: shorthands
 * expanded, inheritance and defaults applied, paths made absolute. Pure: no file is
 * opened and no name resolved.
 */
import type { ConfigDocument } from '../model/config-schema.ts'
import {
  DEFAULT_ADMIN,
  DEFAULT_DRAIN_TIMEOUT_MS,
  DEFAULT_RESOLVE_INTERVAL_MS,
  DEFAULT_SHUTDOWN_TIMEOUT_MS
} from '../model/default-settings.ts'
import type { AdminSettings, EngineSettings } from '../model/settings.ts'
import { expandShorthand } from './expand-shorthand.ts'
import { resolveCertificate } from './resolve-files.ts'
import { resolveListeners } from './resolve-listener.ts'
import { resolvePool } from './resolve-pool.ts'
import { resolveRoute } from './resolve-route.ts'
import { resolveStore } from './resolve-store.ts'

/** `baseDir`: where relative paths of the document start. */
export function resolveSettings(document: ConfigDocument, baseDir: string): EngineSettings {
  const { pools, routes } = expandShorthand(document)
  return {
    admin: resolveAdmin(document.admin, baseDir),
    listeners: resolveListeners(document, baseDir),
    routes: routes.map((route, index) =>
      resolveRoute(route, index, { defaults: document.defaults, pools })
    ),
    pools: pools.map((pool) => resolvePool(pool, { document, routes, baseDir })),
    store: resolveStore(document, baseDir),
    shutdownTimeoutMs: document.shutdown_timeout ?? DEFAULT_SHUTDOWN_TIMEOUT_MS,
    drainTimeoutMs: document.drain_timeout ?? DEFAULT_DRAIN_TIMEOUT_MS,
    resolveIntervalMs: document.resolve_interval ?? DEFAULT_RESOLVE_INTERVAL_MS
  }
}

function resolveAdmin(admin: ConfigDocument['admin'] = {}, baseDir: string): AdminSettings {
  const { address = DEFAULT_ADMIN.address, tls } = admin
  return {
    address: { host: address.host, port: address.port },
    auth: admin.auth ?? DEFAULT_ADMIN.auth,
    metrics: admin.metrics ?? DEFAULT_ADMIN.metrics,
    allowedHosts: (admin.allowed_hosts ?? []).map((host) => host.toLowerCase()),
    tls: tls === undefined ? null : resolveCertificate(tls, baseDir)
  }
}
