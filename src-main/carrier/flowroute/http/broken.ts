/** Why an exchange broke, from the codes of Node's sockets, TLS and resolver, in sentences a person can act on. */
import { failure, type Failure } from '../../../contract/errors.ts';

/** What is known of an exchange that ended without an answer. */
export type BrokenExchange = {
  /** What Node said: an `Error` with a `code`, or one with several inside, when two addresses were tried at once. */
  readonly error: unknown;
  /** True once a connection was ready for the request: from then on the carrier may have got it. */
  readonly left: boolean;
  /** `host:port` of who was being connected to. */
  readonly peer: string;
  /** `peer` is a proxy that was to lead to the carrier. */
  readonly isProxy: boolean;
  /** The certificate authorities of this system count too; why not, where they do not. */
  readonly trust: 'system' | 'unreadable' | 'not-asked';
};

export type BrokenKind = keyof typeof sentences;

/** Every code that Node documents or was seen to give while a connection is made, and what it means to a person. */
export const brokenCodes: Readonly<Record<string, BrokenKind>> = {
  ENOTFOUND: 'no-name',
  EAI_NONAME: 'no-name',
  EAI_NODATA: 'no-name',
  EAI_AGAIN: 'no-resolver',
  EAI_FAIL: 'no-resolver',
  ESERVFAIL: 'no-resolver',
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  ETIMEDOUT: 'silent',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'silent',
  ECONNRESET: 'dropped',
  ECONNABORTED: 'dropped',
  EPIPE: 'dropped',
  EPROTO: 'no-tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain-port',
  ERR_SSL_HTTP_REQUEST: 'plain-port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plain-port',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no-tls',
  ERR_SSL_UNKNOWN_PROTOCOL: 'no-tls',
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: 'no-tls',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'no-tls',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'no-tls',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'no-tls',
  ERR_SSL_SSL_TLS_ALERT_HANDSHAKE_FAILURE: 'no-tls',
  ERR_SSL_DH_KEY_TOO_SMALL: 'no-tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-name',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'other-name',
  HOSTNAME_MISMATCH: 'other-name',
  CERT_HAS_EXPIRED: 'out-of-date',
  CERT_NOT_YET_VALID: 'out-of-date',
  CRL_HAS_EXPIRED: 'out-of-date',
  CRL_NOT_YET_VALID: 'out-of-date',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-issuer',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  CERT_UNTRUSTED: 'unknown-issuer',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'bad-certificate',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'bad-certificate',
  UNABLE_TO_GET_CRL: 'bad-certificate',
  CERT_SIGNATURE_FAILURE: 'bad-certificate',
  CERT_CHAIN_TOO_LONG: 'bad-certificate',
  CERT_REVOKED: 'bad-certificate',
  CERT_REJECTED: 'bad-certificate',
  CERT_PURPOSE: 'bad-certificate',
  INVALID_CA: 'bad-certificate',
  INVALID_PURPOSE: 'bad-certificate',
  PATH_LENGTH_EXCEEDED: 'bad-certificate',
  // What OpenSSL finds wrong with a certificate and Node has no name for, such as a key that is too short.
  UNSPECIFIED: 'bad-certificate',
};

/** Codes of a family that a newer OpenSSL or BoringSSL may add to. */
const families: readonly (readonly [RegExp, BrokenKind])[] = [
  [/^CERT_|^CRL_|^UNABLE_TO_|^ERROR_IN_CERT_|^ERROR_IN_CRL_/, 'bad-certificate'],
  [/^ERR_SSL_|^ERR_TLS_|^ERR_OSSL_/, 'no-tls'],
  [/^EAI_/, 'no-resolver'],
];

type Sentence = (who: string, code: string) => readonly [message: string, action: string];

const signInPage = 'A network that wants a sign-in page first, a proxy or a virus scanner can be the reason.';

const sentences = {
  'no-name': (who) => [`No address is known for ${who}.`, 'Check the network and the name, then try again.'],
  'no-resolver': (who) => [
    `The address of ${who} could not be looked up.`,
    'Check the network connection, then try again.',
  ],
  refused: (who) => [`${who} refused the connection.`, 'Check the address and the network, then try again.'],
  unreachable: (who) => [`${who} cannot be reached.`, 'Check the network connection, then try again.'],
  forbidden: (who) => [
    `This computer does not allow the connection to ${who}.`,
    'Check the firewall of this computer, then try again.',
  ],
  silent: (who) => [`${who} did not answer.`, 'Check the network and its firewall, then try again.'],
  dropped: (who) => [
    `${who} closed the connection before anything was sent.`,
    'Check the network and its firewall, then try again.',
  ],
  'plain-port': (who) => [
    `${who} does not speak TLS, so no secure connection can be made.`,
    'Check the port of the address, and whether it begins with http or https.',
  ],
  'no-tls': (who, code) => [
    `No secure connection to ${who} could be agreed on (${code}).`,
    `Try another network. ${signInPage}`,
  ],
  'other-name': (who) => [
    `The certificate that answered for ${who} is for another name.`,
    `Try again on another network. ${signInPage}`,
  ],
  'out-of-date': (who, code) => [
    `The certificate of ${who} is not valid today (${code}).`,
    'Check the date and the time of this computer, then try again.',
  ],
  'unknown-issuer': (who, code) => [
    `The certificate of ${who} comes from an authority that is not trusted here (${code}).`,
    signInPage,
  ],
  'bad-certificate': (who, code) => [
    `The certificate of ${who} cannot be accepted (${code}).`,
    `Try again on another network. ${signInPage}`,
  ],
  unnamed: (who, code) => [
    `No connection ${who.startsWith('the proxy') ? 'through' : 'to'} ${who} could be made (${code}).`,
    'Check the network connection, then try again.',
  ],
} satisfies Readonly<Record<string, Sentence>>;

/** Another try on the same network can help: the others stay until somebody changes something. */
const passing: ReadonlySet<BrokenKind> = new Set([
  'no-name',
  'no-resolver',
  'refused',
  'unreachable',
  'silent',
  'dropped',
  'unnamed',
]);

/** The code that names the trouble. Of several addresses tried at once, the first that is in the table. */
function codeOf(error: unknown): string {
  const inner = (error as { errors?: unknown } | null)?.errors;
  if (Array.isArray(inner)) {
    const codes = inner.map(codeOf).filter(Boolean);
    return codes.find((code) => code in brokenCodes) ?? codes[0] ?? ownCode(error);
  }
  return ownCode(error);
}

function ownCode(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // Node tells what OpenSSL found wrong with the first answer in the text only; the text itself is never shown.
  if (code === 'EPROTO' && /wrong.version.number|http.request|packet.length.too.long/i.test(String(message)))
    return 'ERR_SSL_WRONG_VERSION_NUMBER';
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : '';
}

export function kindOf(code: string): BrokenKind {
  return brokenCodes[code] ?? families.find(([pattern]) => pattern.test(code))?.[1] ?? 'unnamed';
}

/** A certificate that the system's own authorities may vouch for. */
export function isUnknownIssuer(error: unknown): boolean {
  return kindOf(codeOf(error)) === 'unknown-issuer';
}

/**
 * The failure of an exchange without an answer: `offline` when nothing had left, so that nothing can have been changed;
 * `outcome-unknown` when the request may have arrived.
 */
export function explainBroken(broken: BrokenExchange): Failure {
  if (broken.left) {
    if (answeredInTls(broken.error)) {
      return failure(
        'offline',
        `${broken.peer} speaks TLS only, and the address begins with http.`,
        'Begin the address with https. Nothing was changed.',
      );
    }
    return failure(
      'outcome-unknown',
      `The connection to ${broken.peer} broke before the answer was complete.`,
      'Check the network and try again.',
      { retryable: true },
    );
  }
  const code = codeOf(broken.error);
  const kind = kindOf(code);
  const who = broken.isProxy ? `The proxy ${broken.peer}` : broken.peer;
  const named = code || 'no code';
  const [message, action] = sentences[kind](inSentence(kind, who), named);
  const hints = [
    action,
    kind === 'unknown-issuer' ? aboutTrust[broken.trust] : '',
    broken.isProxy ? 'Check the proxy settings of this computer.' : '',
  ];
  return failure('offline', message, hints.filter(Boolean).join(' '), { retryable: passing.has(kind) });
}

/** Inside a sentence the proxy has a small letter. */
function inSentence(kind: BrokenKind, who: string): string {
  const first: readonly BrokenKind[] = ['refused', 'unreachable', 'silent', 'dropped', 'plain-port'];
  return first.includes(kind) ? who : who.replace(/^The /, 'the ');
}

const aboutTrust: Readonly<Record<BrokenExchange['trust'], string>> = {
  system: 'The authorities of this system were asked too: if it is your own, add it to them.',
  // A packaged app takes no such variable: it could be used to make it trust somebody else.
  unreadable: process.versions['electron']
    ? 'This build of Numberdesk cannot read the authorities of this system.'
    : 'This version of Node cannot read the authorities of this system (22.15 and later can); the environment variable NODE_EXTRA_CA_CERTS can name a file with yours.',
  'not-asked': '',
};

/** A server of TLS answered our plain request with an alert (content type 21, RFC 8446 §5.1): it cannot have understood it. */
function answeredInTls(error: unknown): boolean {
  const packet = (error as { rawPacket?: unknown } | null)?.rawPacket;
  return packet instanceof Uint8Array && packet[0] === 21 && packet[1] === 3;
}
