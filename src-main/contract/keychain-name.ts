/** What people call the place where their system keeps secrets; `platform` as Node names it. For the middle of a sentence. */
export function keychainName(platform: string): string {
  if (platform === 'win32') return 'Windows Credential Manager';
  return platform === 'darwin' ? 'the macOS keychain' : 'the keychain of this computer';
}
