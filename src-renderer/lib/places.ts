/** "Jersey City, NJ"; carriers write rate centers in capitals. */
export function placeWords(area: string, state: string): string {
  const place = /[a-z]/.test(area)
    ? area
    : area.toLowerCase().replace(/(^|[\s.-])\p{Ll}/gu, (letter) => letter.toUpperCase());
  return [place, state].filter(Boolean).join(', ');
}
