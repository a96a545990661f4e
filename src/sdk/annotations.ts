/** A list that `map` passes on whole to each call. */
export class Unmapped<T> {
  /** Tells the three apart, for the compiler too. */
  readonly annotation = "unmapped";
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** A future that a task gets the error of, in place of not running. */
export class AllowFailure<T> {
  /** Tells the three apart, for the compiler too. */
  readonly annotation = "allowFailure";
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** A value in which no futures are looked for. */
export class Quote<T> {
  /** Tells the three apart, for the compiler too. */
  readonly annotation = "quote";
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** Passes a value on whole to each call of `map`: `load.map(files, unmapped(["NHM", "UM"]))`. */
export function unmapped<T>(value: T): Unmapped<T> {
  return new Unmapped(value);
}

/** Lets a task run although what it is given failed: it gets the error in place of the result. */
export function allowFailure<T>(value: T): AllowFailure<T> {
  return new AllowFailure(value);
}

/** Passes a value on as it is: futures in it are not waited for. Saves the look through large data. */
export function quote<T>(value: T): Quote<T> {
  return new Quote(value);
}
