import { mount } from 'svelte';
import { createClient } from '#main/contract/client.ts';
import type { Transport } from '#main/contract/contract.ts';
import App from './app/App.svelte';
import QuickSearch from './features/quick-search/QuickSearch.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import { createWebSocketTransport } from './websocket-transport.ts';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no place for the app');
// The desktop's small window is the same page, asked for by its address.
const Screen = location.hash === '#quick' ? QuickSearch : App;
mount(Screen, { target, props: { client: createClient(transport()) } });

/** The desktop's preload gives the transport; in a browser it is a socket, opened with the token of the address. */
function transport(): Transport {
  const given = (window as { numberdesk?: Transport }).numberdesk;
  if (given) return given;
  const named = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (named) {
    // Kept for a reload, and taken out of the address bar, where it could be copied by accident.
    sessionStorage.setItem('token', named);
    history.replaceState(null, '', location.pathname);
  }
  const token = named ?? sessionStorage.getItem('token') ?? '';
  return createWebSocketTransport(`ws://${location.host}/ipc?token=${token}`, () => {
    location.reload();
  });
}
