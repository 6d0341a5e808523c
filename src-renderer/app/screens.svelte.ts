import type { Client } from '#main/contract/client.ts';
import { ActivityState } from '../features/activity/activity.svelte.ts';
import { BuyState, type BuyTab } from '../features/buy/buy.svelte.ts';
import { NumbersState } from '../features/numbers/numbers.svelte.ts';
import { RoutesState, type RoutesTab } from '../features/routes/routes.svelte.ts';

export type ScreenName = 'numbers' | 'buy' | 'routes' | 'activity';
/** A screen and what is open on it. What is not named is as it was left there. */
export type Place =
  | {
      readonly screen: 'numbers';
      /** The query of the list. */
      readonly text?: string;
      /** The number whose details are open. */
      readonly opened?: string | null;
    }
  | { readonly screen: 'buy'; readonly tab?: BuyTab; readonly order?: number | null }
  | { readonly screen: 'routes'; readonly tab?: RoutesTab; readonly plan?: number | null }
  | {
      readonly screen: 'activity';
      /** The query of the record. */
      readonly text?: string;
    };

/**
 * The screens of one account: what is searched for, sorted, selected and open on each, and where it is scrolled to. They outlast
 * a look at another screen or at another account, until the window is closed.
 */
export class Screens {
  readonly numbers: NumbersState;
  readonly buy: BuyState;
  readonly routes: RoutesState;
  readonly activity: ActivityState;

  constructor(client: Client) {
    this.numbers = new NumbersState(client);
    this.buy = new BuyState(client);
    this.routes = new RoutesState(client);
    this.activity = new ActivityState(client);
  }

  /** What is open on a screen now. */
  placeOn(screen: ScreenName): Place {
    const { numbers, buy, routes, activity } = this;
    switch (screen) {
      case 'numbers':
        return { screen, text: numbers.text, opened: numbers.opened };
      case 'buy':
        return { screen, tab: buy.tab, order: buy.orders.opened };
      case 'routes':
        return { screen, tab: routes.tab, plan: routes.opened };
      case 'activity':
        return { screen, text: activity.text };
    }
  }

  /** Opens what a place names. */
  open(place: Place): void {
    const { numbers, buy, routes, activity } = this;
    switch (place.screen) {
      case 'numbers':
        if (place.text !== undefined && place.text !== numbers.text) numbers.setText(place.text);
        if (place.opened !== undefined) numbers.opened = place.opened;
        return;
      case 'buy':
        buy.tab = place.tab ?? buy.tab;
        if (place.order === null) buy.orders.shut();
        else if (place.order !== undefined && place.order !== buy.orders.opened)
          void buy.orders.open(place.order);
        return;
      case 'routes':
        if (place.plan === null) routes.shut();
        else if (place.plan !== undefined && place.plan !== routes.opened) void routes.open(place.plan);
        routes.tab = place.tab ?? routes.tab;
        return;
      case 'activity':
        if (place.text !== undefined && place.text !== activity.text) activity.setText(place.text);
    }
  }
}
