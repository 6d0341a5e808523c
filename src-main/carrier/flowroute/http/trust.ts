import tls, { type SecureContext } from 'node:tls';

/**
 * Which certificate authorities count: those that come with Node, and, when one is met that is not among them, those of
 * the system too. They are read on first need: on some systems that takes a moment. One for all connections of a process.
 */
export class Trust {
  #read: () => readonly string[] | null;
  #state: 'not-asked' | 'system' | 'unreadable' = 'not-asked';
  #context: SecureContext | undefined;

  /** `read` gives the system's certificates in PEM, or null where this runtime cannot; for tests. */
  constructor(read: () => readonly string[] | null = systemCertificates) {
    this.#read = read;
  }

  get state(): 'not-asked' | 'system' | 'unreadable' {
    return this.#state;
  }

  /** What connections are made with; undefined is Node's own. */
  get context(): SecureContext | undefined {
    return this.#context;
  }

  /** Takes up the authorities of the system. True when some were added: worth another try. */
  widen(): boolean {
    if (this.#state !== 'not-asked') return false;
    const own = this.#read();
    this.#state = own === null ? 'unreadable' : 'system';
    if (own === null || own.length === 0) return false;
    this.#context = tls.createSecureContext({ ca: [...bundled(), ...own] });
    return true;
  }
}

type Authorities = { getCACertificates?: (kind: 'default' | 'system') => string[] };

/** Node 22.15 and 24 have it, and so have the versions of Electron that are built on them. */
function systemCertificates(): readonly string[] | null {
  const { getCACertificates } = tls as Authorities;
  if (typeof getCACertificates !== 'function') return null;
  try {
    return getCACertificates('system');
  } catch {
    return null;
  }
}

/** Node's own, and those of NODE_EXTRA_CA_CERTS where it can tell them. */
function bundled(): readonly string[] {
  const { getCACertificates } = tls as Authorities;
  return typeof getCACertificates === 'function' ? getCACertificates('default') : tls.rootCertificates;
}
