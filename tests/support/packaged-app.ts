import path from 'node:path';

export type PackagedApp = {
  /** The folder that electron-builder makes for a system and a processor. */
  readonly folder: string;
  readonly executable: string;
  /** Where `app.asar` is. */
  readonly resources: string;
  /** What the fuses are read from. */
  readonly fused: string;
  /** Chromium's texts: a folder with one entry for each language. */
  readonly locales: string;
};

/** Where `npm run package -- --dir --output OUTPUT` puts the app, and what is where in it. */
export function packagedApp(
  output: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): PackagedApp {
  const suffix = arch === 'x64' ? '' : `-${arch}`;
  if (platform === 'darwin') {
    const folder = path.join(output, `mac${suffix}`);
    const app = path.join(folder, 'Numberdesk.app');
    const resources = path.join(app, 'Contents/Resources');
    const executable = path.join(app, 'Contents/MacOS/Numberdesk');
    return { folder, executable, resources, fused: app, locales: resources };
  }
  const windows = platform === 'win32';
  const folder = path.join(output, `${windows ? 'win' : 'linux'}${suffix}-unpacked`);
  const executable = path.join(folder, windows ? 'Numberdesk.exe' : 'numberdesk');
  return {
    ...{ folder, executable, fused: executable },
    resources: path.join(folder, 'resources'),
    locales: path.join(folder, 'locales'),
  };
}
