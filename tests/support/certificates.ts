/** Certificates for tests, made when they are needed and valid around that moment, so that none of them runs out. */
import { generate } from 'selfsigned';

export type KeyPair = { readonly key: string; readonly cert: string };

const dayMs = 86_400_000;
const common = { keyType: 'ec', algorithm: 'sha256' } as const;

/** A private certificate authority. */
export async function makeAuthority(name = 'Numberdesk test authority'): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...common,
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** A server's certificate for these names and 127.0.0.1; without `authority` it signs itself. `days`: from and until, from now. */
export async function makeCertificate(
  names: readonly string[],
  authority: KeyPair | null = null,
  days: readonly [from: number, until: number] = [-1, 1],
): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: names[0] ?? 'none' }], {
    ...common,
    ...(authority ? { ca: authority } : {}),
    notBeforeDate: new Date(Date.now() + days[0] * dayMs),
    notAfterDate: new Date(Date.now() + days[1] * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          /^[\d.]+$/.test(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const),
        ),
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** A certificate for 127.0.0.1 whose key is shorter than OpenSSL accepts. It signs itself. */
export async function makeWeakCertificate(): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: 'weak' }], {
    ...{ keySize: 1024, algorithm: 'sha256' },
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + dayMs),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return { key: made.private, cert: made.cert };
}
