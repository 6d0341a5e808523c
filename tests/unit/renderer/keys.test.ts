import { expect, test } from 'vitest';
import { keychainName } from '../../../src-main/contract/keychain-name.ts';
import { commandHeld, modifierHeld } from '../../../src-renderer/lib/keys.ts';

test('commands go with ⌘ on macOS, where Ctrl K and Ctrl E edit text, and with Ctrl elsewhere', () => {
  const ctrl = { ctrlKey: true, metaKey: false };
  const meta = { ctrlKey: false, metaKey: true };
  expect([commandHeld(ctrl, 'MacIntel'), commandHeld(meta, 'MacIntel')]).toEqual([false, true]);
  for (const platform of ['Win32', 'Linux x86_64'])
    expect([commandHeld(ctrl, platform), commandHeld(meta, platform)]).toEqual([true, false]);
  // The other one is no command, and no plain letter either.
  expect([modifierHeld(ctrl), modifierHeld(meta), modifierHeld({ ctrlKey: false, metaKey: false })]).toEqual([
    ...[true, true, false],
  ]);
});

test('the place of secrets has the name its system gives it', () => {
  expect(keychainName('win32')).toBe('Windows Credential Manager');
  expect(keychainName('darwin')).toBe('the macOS keychain');
  expect(keychainName('linux')).toBe('the keychain of this computer');
});
