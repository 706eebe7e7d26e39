/** Encryption with the key that the operating system keeps for the user. */
import { safeStorage } from 'electron'
import type { SystemVault } from '../console/secrets/secret-store.ts'

const LINUX_VAULTS: Readonly<Record<string, string>> = {
  gnome_libsecret: 'GNOME keyring',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet'
}

/** Must wait until the application is ready: before, Linux does not know its keyring. */
export function systemVault(platform: string): SystemVault {
  return {
    get description() {
      if (platform === 'darwin') return 'macOS keychain'
      if (platform === 'win32') return 'Windows data protection'
      return LINUX_VAULTS[safeStorage.getSelectedStorageBackend()] ?? 'system keyring'
    },
    async isAvailable() {
      return !isInTheOpen(platform) && (await safeStorage.isAsyncEncryptionAvailable())
    },
    async encrypt(plain) {
      return (await safeStorage.encryptStringAsync(plain)).toString('base64')
    },
    async decrypt(sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(bytes)
      return { plain: result, shouldReEncrypt }
    }
  }
}

/** Without a keyring Chromium encrypts with a password that is in its source: no protection. */
function isInTheOpen(platform: string): boolean {
  if (platform !== 'linux') return false
  return !(safeStorage.getSelectedStorageBackend() in LINUX_VAULTS)
}
