/** Listeners with every default applied. */
import type { ConfigDocument, ListenerDocument } from '../model/config-schema.ts'
import {
  DEFAULT_ACCESS_LOG_FORMAT,
  DEFAULT_CLIENT_TIMEOUTS,
  DEFAULT_FORWARDED,
  DEFAULT_HEAD_LIMITS,
  DEFAULT_HTTP2,
  DEFAULT_LISTENER_ADDRESS,
  DEFAULT_LISTENER_CONNECTIONS,
  DEFAULT_LISTENER_NAME,
  DEFAULT_MIN_TLS,
  DEFAULT_REQUEST_ID_HEADER
} from '../model/default-settings.ts'
import type {
  AccessLogSettings,
  ClientTimeouts,
  ForwardedSettings,
  HeadLimits,
  ListenerSettings,
  ListenerTlsSettings,
  RequestIdSettings
} from '../model/settings.ts'
import { resolveCertificate, resolvePath } from './resolve-files.ts'

/** Without `listeners` there is one, at `global.bind_address` or on loopback. */
export function resolveListeners(
  document: ConfigDocument,
  baseDir: string
): readonly ListenerSettings[] {
  const address = document.global?.bind_address ?? { ...DEFAULT_LISTENER_ADDRESS, written: '' }
  const listeners = document.listeners ?? [{ name: DEFAULT_LISTENER_NAME, address }]
  return listeners.map((listener) => resolveListener(listener, baseDir))
}

function resolveListener(listener: ListenerDocument, baseDir: string): ListenerSettings {
  return {
    name: listener.name,
    address: { host: listener.address.host, port: listener.address.port },
    tls: resolveTls(listener.tls, baseDir),
    isHttp2Spoken: listener.tls !== undefined && (listener.http2 ?? DEFAULT_HTTP2),
    accessLog: resolveAccessLog(listener.access_log, baseDir),
    maxConnections: listener.max_connections ?? DEFAULT_LISTENER_CONNECTIONS,
    trustedProxies: listener.trusted_proxies ?? [],
    forwarded: resolveForwarded(listener.forwarded),
    requestId: resolveRequestId(listener.request_id),
    limits: resolveLimits(listener.limits),
    timeouts: resolveTimeouts(listener.timeouts)
  }
}

function resolveTls(tls: ListenerDocument['tls'], baseDir: string): ListenerTlsSettings | null {
  if (tls === undefined) return null
  return {
    certificates: tls.certificates.map((files) => resolveCertificate(files, baseDir)),
    minVersion: tls.min_version ?? DEFAULT_MIN_TLS
  }
}

function resolveAccessLog(
  log: ListenerDocument['access_log'],
  baseDir: string
): AccessLogSettings | null {
  if (log === undefined || log === false) return null
  const { format, file } = log === true ? {} : log
  return {
    format: format ?? DEFAULT_ACCESS_LOG_FORMAT,
    file: file === undefined ? null : resolvePath(file, baseDir)
  }
}

function resolveForwarded(written: ListenerDocument['forwarded'] = {}): ForwardedSettings {
  return {
    xForwarded: written.x_forwarded ?? DEFAULT_FORWARDED.xForwarded,
    xRealIp: written.x_real_ip ?? DEFAULT_FORWARDED.xRealIp,
    forwarded: written.forwarded ?? DEFAULT_FORWARDED.forwarded,
    via: written.via ?? DEFAULT_FORWARDED.via
  }
}

function resolveRequestId(id: ListenerDocument['request_id']): RequestIdSettings | null {
  if (id === undefined || id === false) return null
  return { header: (id === true ? undefined : id.header) ?? DEFAULT_REQUEST_ID_HEADER }
}

function resolveLimits(limits: ListenerDocument['limits'] = {}): HeadLimits {
  return {
    headBytes: limits.head ?? DEFAULT_HEAD_LIMITS.headBytes,
    lineBytes: limits.line ?? DEFAULT_HEAD_LIMITS.lineBytes,
    fieldCount: limits.fields ?? DEFAULT_HEAD_LIMITS.fieldCount
  }
}

function resolveTimeouts(timeouts: ListenerDocument['timeouts'] = {}): ClientTimeouts {
  return {
    requestHeadMs: timeouts.request_head ?? DEFAULT_CLIENT_TIMEOUTS.requestHeadMs,
    requestBodyMs: timeouts.request_body ?? DEFAULT_CLIENT_TIMEOUTS.requestBodyMs,
    keepAliveMs: timeouts.keep_alive ?? DEFAULT_CLIENT_TIMEOUTS.keepAliveMs
  }
}
