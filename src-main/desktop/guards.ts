import { app, shell, type Session } from 'electron';
import { externalLink, isOwnPage } from './origin.ts';

/** What no page may do, ours included: leave, open windows, embed pages, or use what it was not given. */
export function guardEverything(log: (line: string) => void): void {
  app.on('web-contents-created', (_, contents) => {
    const stay = (event: { preventDefault(): void; url: string }) => {
      if (isOwnPage(event.url)) return;
      event.preventDefault();
      log('refused a navigation');
    };
    contents.on('will-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
    });
    contents.setWindowOpenHandler(({ url }) => {
      const link = externalLink(url);
      if (link && contents.getURL() !== '' && isOwnPage(contents.getURL())) void shell.openExternal(link);
      return { action: 'deny' };
    });
  });
}

/** Only copying to the clipboard, and only for our own pages. */
export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((_, permission, callback, details) => {
    callback(permission === 'clipboard-sanitized-write' && isOwnPage(details.requestingUrl));
  });
  session.setPermissionCheckHandler(
    (_, permission, origin) => permission === 'clipboard-sanitized-write' && isOwnPage(`${origin}/`),
  );
  session.setDevicePermissionHandler(() => false);
}
