/** The emergency addresses (E911 records) of the account, and the carrier's rules for them. */
import { regions } from '../contract/regions.ts';

export const addressFields = [
  'label',
  'first_name',
  'last_name',
  'street_number',
  'street_name',
  'address_type',
  'address_type_number',
  'city',
  'state',
  'country',
  'zip',
] as const;
type AddressField = (typeof addressFields)[number];
export type Address = Readonly<Record<AddressField, string>>;

/** What is wrong, by field, as a validation error carries it. */
export type FieldProblems = Readonly<Record<string, readonly string[]>>;

const addressTypes =
  'apartment basement building department floor front key lobby lot lower office penthouse pier rear room side slip space stop suite trailer unit upper'.split(
    ' ',
  );
const required = addressFields.filter((field) => !field.startsWith('address_type'));

/** The first month's fee for a number's address, in US cents; charged again when it gets another address. */
export const e911FeeCents = 150;

export class EmergencyAddresses {
  #records = new Map<string, Address>();
  #next = 20_155;

  constructor() {
    this.add(sample('Head office', '1218', '3rd Ave', 'Suite', '333', 'Seattle', 'WA', '98101'));
    this.add(sample('Warehouse', '77', 'Dock Street', '', '', 'Tacoma', 'WA', '98402'));
    this.add(sample('Branch', '350', '5th Ave', 'Floor', '21', 'New York', 'NY', '10118'));
  }

  /** Ascending by id. */
  all(): readonly (readonly [id: string, address: Address])[] {
    return [...this.#records].sort(([a], [b]) => Number(a) - Number(b));
  }

  get(id: string): Address | null {
    return this.#records.get(id) ?? null;
  }

  add(address: Address, id = String(this.#next)): string {
    this.#next = Math.max(this.#next, Number(id)) + 1;
    this.#records.set(id, address);
    return id;
  }

  edit(id: string, address: Address): void {
    this.#records.set(id, address);
  }

  delete(id: string): void {
    this.#records.delete(id);
  }

  /** The id of the address that a draw of 0 to below 1 falls on; one that is gone is not replaced. */
  drawn(draw: number): string | null {
    const id = ['20155', '20156', '20157'][Math.floor(draw * 3)] ?? '';
    return this.#records.has(id) ? id : null;
  }

  /** Another record with this label, or null. */
  labelled(label: string, exceptId: string | null): string | null {
    for (const [id, one] of this.#records) if (one.label === label && id !== exceptId) return id;
    return null;
  }
}

/** What of an address breaks the rules; null when nothing does. */
export function problemsOf(address: Address): FieldProblems | null {
  const problems: Record<string, string[]> = {};
  for (const field of required)
    if (address[field] === '') problems[field] = ['Missing data for required field.'];
  const { address_type: type, address_type_number: unit, zip, state, country } = address;
  if (type !== '' && !addressTypes.includes(type.toLowerCase()))
    problems['address_type'] = ['Not a valid choice.'];
  if (type !== '' && unit === '') problems['address_type_number'] = ['Required with address_type.'];
  if (zip !== '' && (zip.length < 4 || zip.length > 7))
    problems['zip'] = ['ZIP code must be at least 4 and at most 7 digits long'];
  if (country !== '' && country !== 'US' && country !== 'CA') problems['country'] = ['Must be US or CA.'];
  if (state !== '' && !Object.hasOwn(regions, state)) problems['state'] = ['Not a valid choice.'];
  return Object.keys(problems).length > 0 ? problems : null;
}

/** No map knows a house number without a digit, nor a ZIP of zeros: what the carrier cannot find, it refuses with 400. */
export const isOnTheMap = ({ street_number, zip }: Address): boolean =>
  /\d/.test(street_number) && !/^0+$/.test(zip);

function sample(
  label: string,
  street_number: string,
  street_name: string,
  address_type: string,
  address_type_number: string,
  city: string,
  state: string,
  zip: string,
): Address {
  return {
    label,
    first_name: 'Acme',
    last_name: 'Desk',
    street_number,
    street_name,
    address_type,
    address_type_number,
    city,
    state,
    country: 'US',
    zip,
  };
}
