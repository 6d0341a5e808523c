import { isOwnPage } from './origin.ts';

export type Sender = {
  readonly webContentsId: number;
  /** Address of the frame that sent the message; null when the frame is gone. */
  readonly frameUrl: string | null;
  readonly isMainFrame: boolean;
};

/** A message counts only from a window we made, from our own origin, and from its main frame. */
export function isTrustedSender(sender: Sender, windows: ReadonlySet<number>): boolean {
  return (
    windows.has(sender.webContentsId) &&
    sender.isMainFrame &&
    sender.frameUrl !== null &&
    isOwnPage(sender.frameUrl)
  );
}
