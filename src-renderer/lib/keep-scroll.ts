/** For `{@attach}`: an element that scrolls begins where it was left; `place` outlasts it. */
export function keepScroll(place: { scrollTop: number }): (element: HTMLElement) => () => void {
  return (element) => {
    element.scrollTop = place.scrollTop;
    const note = () => {
      place.scrollTop = element.scrollTop;
    };
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      element.removeEventListener('scroll', note);
    };
  };
}
