/** What a release adds to electron-builder.yml, from the environment. Without it nothing is signed and nothing updates. */
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
export function releaseConfig(env: Environment): Configuration {
  const changes: Changes = {};
  const { NUMBERDESK_UPDATE_URL: feed, ELECTRON_OVERRIDE_DIST_PATH: electronDist } = env;
  if (electronDist) changes.electronDist = electronDist;
  if (feed) {
    if (!URL.canParse(feed) || new URL(feed).protocol !== 'https:')
      throw new Error('NUMBERDESK_UPDATE_URL must be an https address.');
    changes.publish = { provider: 'generic', url: feed };
  }
  const signsMac = Boolean(env['CSC_LINK'] ?? env['CSC_NAME']);
  const notarizes =
    signsMac && ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'].every((name) => env[name]);
  // Without a certificate a keychain is not searched for one that happens to be there.
  changes.mac = signsMac ? { notarize: notarizes } : { identity: null, notarize: false };
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
  return changes;
}

function needed(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is needed to sign with Azure.`);
}
