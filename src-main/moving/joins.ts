import { formerSchema } from '../accounts/match-folders.ts';
import type { Profile } from '../accounts/profiles.ts';
import { HalfDone } from '../backup/commit.ts';
import { featuresOf } from '../carrier/features.ts';
import { failure } from '../contract/errors.ts';
import { AccountChange, type MovesOptions } from './moves.ts';
import { needNoJob } from './open-job.ts';
import { namingOf } from './route-keys.ts';
import type { Twins } from './twins.ts';

/** Joins two accounts of this computer that are one account of the carrier. */
export class Joins {
  #options: MovesOptions & { readonly twins: Twins };

  constructor(options: MovesOptions & { readonly twins: Twins }) {
    this.#options = options;
  }

  /**
   * Keeps one of them with the records of both, as a restored backup is merged, and signs the other one out: its key leaves the keychain,
   * and its folder stays as that of a signed-out account. Rejects with `rejected` for accounts that do not seem to be one, and while one of them has
   * something open.
   */
  async join(keepId: string, goneId: string): Promise<{ keep: Profile; gone: Profile }> {
    const { profiles, accounts, sessions, twins } = this.#options;
    const [keep, gone] = [profiles.need(keepId), profiles.need(goneId)];
    if (twins.of(keep)?.id !== gone.id && twins.of(gone)?.id !== keep.id) {
      throw failure(
        'rejected',
        `${keep.label} and ${gone.label} do not show the same numbers and routes.`,
        'Sync both of them first.',
      );
    }
    const open = [keep, gone].find(({ id }) => sessions.isOpen(id));
    if (open) needNoJob(open, await sessions.need().openJob());
    await accounts.apart(() =>
      sessions.apart(
        () => this.#join(keep, gone),
        (failed) => (failed instanceof HalfDone ? null : profiles.current),
      ),
    );
    return { keep, gone };
  }

  #join(keep: Profile, gone: Profile): Promise<void> {
    const { accounts } = this.#options;
    return new AccountChange(this.#options).run(async (change) => {
      const ours = await change.copyOfJournal(keep);
      const theirs = await change.readOf(gone);
      const at = Date.now();
      needNoJob(keep, await change.store.openJob(ours));
      if (theirs !== null) {
        needNoJob(gone, await change.store.openJob(theirs));
        const [from, to] = [namingOf(featuresOf(gone.kind)), namingOf(featuresOf(keep.kind))];
        if (gone.kind !== keep.kind) {
          const routes = await change.store.routes(ours);
          await change.store.translate(theirs, null, { from, to: { ...to, routes, at } }, null);
        }
        const text = `${gone.label} (access key ${gone.accessKey}) was joined with ${keep.label}: both are one account`;
        const entry = { at, kind: 'account', text, outcome: 'ok', numbers: [] } as const;
        await change.store.join(ours, theirs, entry);
      }
      await accounts.leave(gone.id, () =>
        change.commit((list) => ({
          currentId: list.currentId === gone.id ? keep.id : list.currentId,
          accounts: list.accounts.filter(({ id }) => id !== gone.id).map((one) => withoutTwin(one, gone.id)),
          former: [...list.former.filter(({ id }) => id !== gone.id), formerSchema.parse(gone)],
        })),
      );
    });
  }
}

function withoutTwin(profile: Profile, id: string): Profile {
  return profile.sameAs === id ? { ...profile, sameAs: undefined } : profile;
}
