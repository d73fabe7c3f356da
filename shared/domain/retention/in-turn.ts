// Whose turn it is where a tick may not get through a whole list.

const hourMs = 3_600_000;
/** The golden ratio: places taken one after the other in this distance spread evenly, however many there are. */
const stride = 0.618_033_988_75;

/**
 * The same list begun at another place every hour, far from where it began in the hours before, so that what one tick does not
 * get to comes early in one of the next. Nothing has to be remembered for it.
 */
export function inTurn<T>(list: readonly T[], now: number): T[] {
  const place = (Math.floor(now / hourMs) * stride) % 1;
  const start = Math.floor(place * list.length);
  return [...list.slice(start), ...list.slice(0, start)];
}
