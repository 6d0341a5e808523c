/**
 * Area codes that the packages behind `areas.json` do not know yet, each with the public source of its place. A line may go
 * when `generate.ts` says that a package has it.
 */
export const supplement: readonly {
  readonly npa: string;
  /** Two letters, or '' for a code that belongs to no state or province. */
  readonly state: string;
  readonly place: string;
  readonly source: string;
}[] = [
  line('257', 'BC', 'Vancouver', 'crtc.gc.ca: relief of 236/250/604/672/778, in service 24 May 2025'),
  line('357', 'CA', 'Fresno', 'cpuc.ca.gov: overlay of 559, in service 26 March 2025'),
  line('387', 'ON', 'Toronto', 'crtc.gc.ca/eng/archive/2010/2010-784.htm: set aside for 416/647'),
  line('436', 'OH', 'Ohio', 'puco.ohio.gov case 22-631-TP-COI: overlay of 440, in service 1 March 2024'),
  line('457', 'LA', 'Shreveport', 'lpsc.louisiana.gov: overlay of 318, in service 25 September 2025'),
  line(
    '465',
    'NY',
    'New York',
    'dps.ny.gov, amny.com/news/new-area-code-465-nyc-approved-2026: overlay of 718',
  ),
  line(
    '471',
    'MS',
    'Mississippi',
    'en.wikipedia.org/wiki/Area_codes_662_and_471: in service 30 January 2026',
  ),
  line('621', 'TX', 'Houston', 'puc.texas.gov: overlay of 713/281/832/346, in service 23 January 2025'),
  line('624', 'NY', 'Buffalo', 'dps.ny.gov: overlay of 716'),
  line('679', 'MI', 'Detroit', 'verizon.com/support, area code overlays: overlay of 313, 7 November 2025'),
  line('729', 'TN', 'Chattanooga', 'tn.gov/tpuc: overlay of 423'),
  line('837', 'CA', 'Redding', 'cpuc.ca.gov: overlay of 530'),
  line('861', 'IL', 'Peoria', 'icc.illinois.gov, IISNews 24203: overlay of 309, from early 2023'),
  line('924', 'MN', 'Rochester', 'mn.gov/puc: overlay of 507'),
  line('600', '', 'Canada, no place', 'cnac.ca: non-geographic code of Canada'),
  line('622', '', 'Canada, no place', 'cnac.ca: non-geographic code of Canada'),
  line('633', '', 'Canada, no place', 'cnac.ca: non-geographic code of Canada'),
  line('700', '', 'Carrier services', 'nanpa.com: code for interexchange carriers'),
  line('710', '', 'US government', 'nanpa.com: code of the US government'),
  line('900', '', 'Premium rate', 'nanpa.com: code for premium services'),
  ...[
    '500',
    '521',
    '522',
    '523',
    '524',
    '525',
    '526',
    '527',
    '528',
    '529',
    '533',
    '544',
    '566',
    '577',
    '588',
  ].map((npa) =>
    line(npa, '', 'Personal numbers', 'nanpa.com: codes 5XX for personal communication services'),
  ),
  ...['800', '833', '844', '855', '866', '877', '888'].map((npa) =>
    line(npa, '', 'Toll-free', 'fcc.gov/general/what-toll-free-number-and-how-does-it-work'),
  ),
];

function line(npa: string, state: string, place: string, source: string) {
  return { npa, state, place, source };
}
