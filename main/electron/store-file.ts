/** The settings file as electron-store writes it: the same JSON that `conf` writes under Node. */
import { ipcMain } from 'electron'
import ElectronStore from 'electron-store'
import { SETTINGS_MODE, type OpenKeyValueFile } from '../console/preferences/settings-file.ts'

/** electron-store answers on it to every page, without a look at who asks. No page of ours does. */
const UNGUARDED_CHANNEL = 'electron-store-get-data'

export const openStoreFile: OpenKeyValueFile = ({ folder, name }) => {
  const store = new ElectronStore<Record<string, unknown>>({
    cwd: folder,
    name,
    clearInvalidConfig: false,
    configFileMode: SETTINGS_MODE
  })
  ipcMain.removeAllListeners(UNGUARDED_CHANNEL)
  return store
}
