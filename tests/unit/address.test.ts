import { describe, expect, test } from 'vitest';
import { keptRoot, rootAddress } from '../../src-main/carrier/address.ts';

describe('the root address', () => {
  test.each([
    'https://api.flowroute.com',
    'https://api.flowroute.com/',
    'https://api.flowroute.com/v1',
    'https://api.flowroute.com/v1/',
    'https://api.flowroute.com//',
    'https://api.flowroute.com/v2',
    'HTTPS://API.Flowroute.COM:443/V1',
    ' https://api.flowroute.com/v1\n',
    '\u200b\ufeffhttps://api.flowroute.com/v1\u200b\u2069',
    'api.flowroute.com',
    'api.flowroute.com/v1',
  ])('%j is one address', (text) => {
    expect(rootAddress(text)).toBe('https://api.flowroute.com');
    expect(rootAddress(rootAddress(text))).toBe('https://api.flowroute.com');
  });

  test.each([
    ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080/v1', 'http://[::1]:8080'],
    ['http://host:80', 'http://host'],
    ['localhost:4000', 'https://localhost:4000'],
    ['https://v1/v1', 'https://v1'],
    ['http://V2', 'http://v2'],
    ['https://gateway.example/v1/v1/', 'https://gateway.example'],
    ['https://gateway.example/a//v2', 'https://gateway.example/a'],
    ['https://gateway.example/v10', 'https://gateway.example/v10'],
    ['https://gateway.example/Flowroute/v1', 'https://gateway.example/Flowroute'],
    ['https://gateway.example/v1/extra', 'https://gateway.example/v1/extra'],
    ['https://b\u00fccher.example', 'https://xn--bcher-kva.example'],
  ])('%s is %s', (text, root) => {
    expect(rootAddress(text)).toBe(root);
    expect(rootAddress(root)).toBe(root);
  });

  test.each([
    ['https://me:canary@api.flowroute.com', /name or a password/],
    ['https://me@api.flowroute.com', /name or a password/],
    ['https://api.flowroute.com/v1?x=1', /query or a fragment/],
    ['https://api.flowroute.com/v1?', /query or a fragment/],
    ['https://api.flowroute.com/#v1', /query or a fragment/],
    ['ftp://api.flowroute.com', /not a web address/],
    ['file:///etc/passwd', /not a web address/],
    ['https://', /not a web address/],
    ['', /not a web address/],
    ['https://a b', /not a web address/],
  ])('%s is refused, and not repeated', (text, sentence) => {
    expect(() => rootAddress(text)).toThrow(sentence);
    expect(() => rootAddress(text)).toThrow(expect.not.stringContaining('canary') as Error);
    expect(keptRoot(text)).toBe(text);
  });
});
