/** US states and territories, Canadian provinces and territories: two letters to name. */
export const regions: Readonly<Record<string, { readonly name: string; readonly country: 'US' | 'CA' }>> =
  Object.fromEntries([
    ...pairs(
      'US',
      'AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC Washington D.C.|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|VI US Virgin Islands|GU Guam|AS American Samoa|MP Northern Mariana Islands',
    ),
    ...pairs(
      'CA',
      'AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon',
    ),
  ]);

function pairs(country: 'US' | 'CA', text: string): [string, { name: string; country: 'US' | 'CA' }][] {
  return text.split('|').map((entry) => [entry.slice(0, 2), { name: entry.slice(3), country }]);
}

const codes = new Map<string, string>();
for (const [code, { name }] of Object.entries(regions)) {
  codes.set(code.toLowerCase(), code);
  codes.set(folded(name), code);
}
for (const [alias, code] of [
  ['washington dc', 'DC'],
  ['district of columbia', 'DC'],
  ['washington state', 'WA'],
  ['new york state', 'NY'],
  ['newfoundland', 'NL'],
  ['labrador', 'NL'],
  ['yukon territory', 'YT'],
  ['virgin islands', 'VI'],
] as const) {
  codes.set(alias, code);
}

/** The two letters of a state or province, by themselves or by its name in any case and with or without accents; else null. */
export function regionCode(text: string): string | null {
  return codes.get(folded(text)) ?? null;
}

function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f.]/g, '')
    .replace(/[\s-]+/g, ' ')
    .trim()
    .toLowerCase();
}
