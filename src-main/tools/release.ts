/** What a release adds to electron-builder.yml, from the environment. Without it an app of macOS is signed ad hoc, no other one is signed, and nothing updates. */
import type { Configuration } from 'electron-builder';

type Environment = Readonly<Record<string, string | undefined>>;
type Changes = { -readonly [K in keyof Configuration]: Configuration[K] };

/**
 * - `NUMBERDESK_UPDATE_URL`: the folder updates are fetched from (https).
 * - `CSC_LINK` or `CSC_NAME` (with `CSC_KEY_PASSWORD`): the certificate for macOS, and `APPLE_API_KEY`, `APPLE_API_KEY_ID`,
 *   `APPLE_API_ISSUER` for notarising. Windows: `WIN_CSC_LINK` (with `WIN_CSC_KEY_PASSWORD`), or `AZURE_SIGN_ENDPOINT`,
 *   `AZURE_SIGN_ACCOUNT`, `AZURE_SIGN_PROFILE`, `AZURE_SIGN_PUBLISHER` with Azure's own variables.
 * - `ELECTRON_OVERRIDE_DIST_PATH`: an Electron that is here already, as Electron's own package reads it.
 *
 * Throws with a sentence when a variable cannot be used as it is.
 */
export function releaseConfig(env: Environment, platform: NodeJS.Platform = process.platform): Configuration {
  const changes: Changes = {};
  const { NUMBERDESK_UPDATE_URL: feed, ELECTRON_OVERRIDE_DIST_PATH: electronDist } = env;
  if (electronDist) changes.electronDist = electronDist;
  if (feed) {
    if (!URL.canParse(feed) || new URL(feed).protocol !== 'https:')
      throw new Error('NUMBERDESK_UPDATE_URL must be an https address.');
    changes.publish = { provider: 'generic', url: feed };
  }
  const signsMac = given(env, 'CSC_LINK', 'CSC_NAME');
  const notarizes = allOrNone(env, ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'], 'notarising');
  if (notarizes && !signsMac) {
    throw new Error('Only a signed app can be notarised: CSC_LINK or CSC_NAME is needed too.');
  }
  // Fuses change the executable after it was made, and macOS on Apple silicon ends a program whose signature does not fit. Without
  // a certificate it is signed for no one in particular ("ad hoc"). The hardened runtime would then refuse the frameworks inside.
  changes.mac = signsMac
    ? { notarize: notarizes }
    : { identity: '-', hardenedRuntime: false, notarize: false };
  const endpoint = env['AZURE_SIGN_ENDPOINT'];
  if (endpoint) {
    changes.win = {
      azureSignOptions: {
        endpoint,
        codeSigningAccountName: needed(env, 'AZURE_SIGN_ACCOUNT'),
        certificateProfileName: needed(env, 'AZURE_SIGN_PROFILE'),
        publisherName: needed(env, 'AZURE_SIGN_PUBLISHER'),
      },
    };
  }
  const signsWindows = Boolean(endpoint) || given(env, 'WIN_CSC_LINK', 'CSC_LINK');
  if (feed && ((platform === 'darwin' && !signsMac) || (platform === 'win32' && !signsWindows))) {
    throw new Error(
      'NUMBERDESK_UPDATE_URL needs a certificate: an update without a signature could be anybody’s.',
    );
  }
  return changes;
}

function given(env: Environment, ...names: readonly string[]): boolean {
  return names.some((name) => Boolean(env[name]));
}

/** True when all are given, false when none is; a part of them is a mistake. */
function allOrNone(env: Environment, names: readonly string[], what: string): boolean {
  const missing = names.filter((name) => !env[name]);
  if (missing.length === 0 || missing.length === names.length) return missing.length === 0;
  throw new Error(`For ${what}, ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing.`);
}

function needed(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is needed to sign with Azure.`);
}
