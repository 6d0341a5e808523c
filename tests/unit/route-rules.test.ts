import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CreatableRouteType } from '../../src-main/contract/model.ts';
import { listedValueProblem, nameProblem, readRouteValue } from '../../src-main/contract/route-rules.ts';
import { problemWith } from '../../src-main/sandbox/routes.ts';

const good: [CreatableRouteType, string, string?][] = [
  ['HOST', '24.239.23.40:5060'],
  ['HOST', 'sip.example.com'],
  ['HOST', '[2001:db8::1]:5060'],
  ['HOST', '[::ffff:198.51.100.24]:5060'],
  ['HOST', '  pbx  '.trim()],
  ['PSTN', '+1 (206) 555-0142', '12065550142'],
  ['PSTN', '18002364455'],
  ['URI', 'sip:16476998778@215.122.69.152:5060'],
  ['URI', 'sips:user@pbx.example.com;transport=tcp'],
  ['URI', 'sip:a@[2001:db8::1]:5061;transport=udp'],
];
const documented: [CreatableRouteType, string][] = [
  ...readFileSync(new URL('../fixtures/paste/39-route-values.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [CreatableRouteType, string]),
  ['HOST', 'pbx.example.com;transport=udp;weight=0'],
  ['HOST', 'sip_1.example.com:5061;weight=1000;transport=tcp'],
  ['URI', 'sips:in@198.51.100.24:5061;transport=tls;weight=1000'],
];
const bad: [CreatableRouteType, string, RegExp][] = [
  ['HOST', '', /Type a value/],
  ['HOST', 'sip:pbx.example.com', /leave out "sip:"/],
  ['HOST', 'pbx.example.com;transport=tls;transport=udp', /One transport/],
  ['HOST', 'pbx.example.com;weight=1001', /0 to 1000/],
  ['HOST', 'pbx.example.com;weight=-1', /0 to 1000/],
  ['HOST', 'pbx.example.com;lr', /not ";lr"/],
  ['HOST', 'pbx.exa\u200bmple.com', /cannot be seen/],
  ['HOST', 'user@host', /no user part/],
  ['HOST', '2001:db8::1', /needs brackets: \[2001:db8::1\]/],
  ['HOST', '256.1.1.1', /IPv4/],
  ['HOST', '1.2.3', /IPv4/],
  ['HOST', 'host:0', /port/],
  ['HOST', 'host:65536', /port/],
  ['HOST', '-bad-.example.com', /"-bad-"/],
  ['HOST', '[2001:db8::1::2]', /IPv6/],
  ['HOST', '[::ffff:198.51.100.256]', /IPv6/],
  ['HOST', '[1:2:3:4:5:6:7:198.51.100.24]', /IPv6/],
  ['HOST', 'two words', /no spaces/],
  ['PSTN', '178', /11 digits/],
  ['PSTN', '442071234567', /11 digits/],
  ['URI', 'pbx.example.com', /Begin with/],
  ['URI', 'sip:pbx.example.com', /user/],
  ['URI', 'sip:a@', /host is missing/],
  ['URI', 'sip:a@host;transport=ws', /transport/],
  ['URI', 'sip:a@host;weight=5;weight=6', /One weight/],
  ['PSTN', '12065550142 x5', /leave out extension 5/],
];

describe('values of a route', () => {
  test.each(good)('%s %s is taken, and the sandbox agrees', (type, text, sent) => {
    const read = readRouteValue(type, text);
    const value = sent ?? text;
    expect(read).toMatchObject({ ok: true, value });
    // The sandbox knows no addresses of IPv6.
    expect(text.includes('[') ? null : problemWith(type, value)).toBeNull();
  });
  test.each(bad)('%s "%s" is explained', (type, text, sentence) => {
    const read = readRouteValue(type, text);
    expect(read).toMatchObject({ ok: false, problem: expect.stringMatching(sentence) as string });
  });
  test('a host without a port says that SRV records are tried', () => {
    expect(readRouteValue('HOST', 'sip.example.com')).toMatchObject({
      note: expect.stringMatching(/SRV/) as string,
    });
    expect(readRouteValue('HOST', '198.51.100.1')).toMatchObject({ note: null });
  });
  test.each(documented)('%s %s is documented: taken, never flagged, and the sandbox agrees', (type, text) => {
    expect(readRouteValue(type, text)).toMatchObject({ ok: true, value: text });
    expect(listedValueProblem(type, text)).toBeNull();
    expect(problemWith(type, text)).toBeNull();
  });
  test('IPv6 is taken with a note that nobody documents it, a weight with what it needs', () => {
    expect(readRouteValue('HOST', '[2001:db8::1]:5060')).toMatchObject({
      note: expect.stringMatching(/does not say whether IPv6/) as string,
    });
    expect(listedValueProblem('HOST', '[2001:db8::1]')).toBeNull();
    expect(readRouteValue('HOST', '198.51.100.24;weight=500')).toMatchObject({
      note: expect.stringMatching(/both routes/) as string,
    });
  });
  test('old listed values are shown with what is wrong, unknown types are not judged', () => {
    expect(listedValueProblem('PSTN', '178')).toMatch(/11 digits/);
    expect(listedValueProblem('PRIVACY-PSTN', '178')).toBeNull();
    expect(listedValueProblem('SIP-REG', null)).toBeNull();
  });
});

test.each([
  ['', /Type a name/],
  ['SIP-REG', /built in/],
  ['..', /address/],
  ['a/b', /slashes/],
  ['a\u0007', /control/],
  ['x'.repeat(129), /128/],
])('the name "%s" is refused', (name, sentence) => {
  expect(nameProblem(name, 'sip-reg')).toMatch(sentence);
});
test.each(['pbx-1', 'ea4f4056663e27b082999689982e4723', 'Büro Ost', 'a.b_c'])(
  'the name "%s" is fine',
  (name) => {
    expect(nameProblem(name, 'sip-reg')).toBeNull();
  },
);
