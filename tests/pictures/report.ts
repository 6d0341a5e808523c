import type { Fault } from './checks.ts';

/** A fault and where it was seen. */
export type Found = Fault & {
  readonly screen: string;
  readonly state: string;
  readonly size: string;
  readonly theme: string;
};

/**
 * One line for each fault, wherever it was seen: where it was first, and which screens, states, sizes and themes have it too. A column
 * whose texts are cut is one fault, whatever the texts are.
 */
export function faultLines(found: readonly Found[]): string[] {
  const groups = Map.groupBy(found, ({ kind, element, what }) => {
    const general = what.replace(/"[^"]*"/g, '"…"').replace(/\d+/g, 'N');
    return [kind, element.startsWith('column ') ? element : element.replace(/\d+/g, 'N'), general].join('\n');
  });
  return [...groups.values()]
    .toSorted((a, b) => b.length - a.length)
    .flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const { kind, element, what, box } = first;
      const at = box ? ` at ${box.x},${box.y} ${box.width}×${box.height}` : '';
      const where = `${first.screen} ${first.state} ${first.size} ${first.theme}`;
      const all = (of: 'screen' | 'state' | 'size' | 'theme') =>
        [...new Set(same.map((one) => one[of]))].toSorted().join(' ');
      const line = `${kind}: ${element}: ${what}; ${where}${at}`;
      if (same.length === 1) return [line];
      return [
        `${line}; ${same.length} times: ${all('screen')} (${all('state')}; ${all('size')}; ${all('theme')})`,
      ];
    });
}
