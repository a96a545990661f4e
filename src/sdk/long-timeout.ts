/** What a timer of Node takes: 24.8 days. One that is longer fires at once. */
const LONGEST = 2 ** 31 - 1;

/** Calls back after so many milliseconds, also when that is months; never after `Infinity`. Disposed, it does not. */
export function longTimeout(callback: () => void, milliseconds: number): Disposable {
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    timer = setTimeout(() => (left > LONGEST ? wait(left - LONGEST) : callback()), Math.min(left, LONGEST));
  };
  wait(milliseconds);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
