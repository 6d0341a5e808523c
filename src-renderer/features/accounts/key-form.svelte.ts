import type { AppError, Result } from '#main/contract/errors.ts';

type Keys = {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly remember: 'keychain' | 'session';
};

/** Two keys and where the secret is kept, as a form has them until they are accepted. */
export class KeyForm {
  accessKey = $state('');
  secretKey = $state('');
  remember = $state<'keychain' | 'session'>('keychain');
  busy = $state(false);
  error = $state.raw<AppError | null>(null);

  /** Begins anew, with the access key that is known. */
  begin(accessKey = ''): void {
    this.accessKey = accessKey;
    this.secretKey = '';
    this.error = null;
  }

  /**
   * Sends the keys once; true when they were accepted. The secret then leaves this window, and so it does when the carrier
   * refused it. When the carrier could not be asked it stays where it was typed.
   */
  async send(call: (keys: Keys) => Promise<Result<unknown>>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    const { accessKey, secretKey, remember } = this;
    const result = await call({ accessKey, secretKey, remember });
    this.busy = false;
    this.error = result.ok ? null : result.error;
    if (result.ok || this.refused) this.secretKey = '';
    return result.ok;
  }

  /** The carrier does not accept these keys. */
  get refused(): boolean {
    return this.error?.code === 'wrong-keys';
  }
}
