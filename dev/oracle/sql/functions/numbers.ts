import type { DatabaseSync } from "node:sqlite";
import { OracleError } from "../../errors.ts";
import type { Stored } from "../../values/encode.ts";
import { type Decimal, parseDecimal, roundDecimal, storedNumber } from "../../values/number.ts";
import type { SqlFunction } from "../functions.ts";
import { decimalOf, isMomentValue, numberOf, textOf } from "./arguments.ts";
import { addDays, daysBetween } from "./dates.ts";

const MAX_DIGITS = 40;

/** A decimal as a whole number and how many of its digits stand after the point. */
function scaled({ negative, digits, point }: Decimal): { value: bigint; scale: number } {
  const scale = Math.max(0, digits.length - point);
  const padded = digits === "" ? "0" : digits + "0".repeat(Math.max(0, point - digits.length));
  return { value: BigInt(padded) * (negative ? -1n : 1n), scale };
}

function fromScaled(value: bigint, scale: number): number | string {
  const decimal = parseDecimal(`${value}e-${scale}`) ?? { negative: false, digits: "", point: 0 };
  return storedNumber(roundDecimal(decimal, MAX_DIGITS - decimal.point));
}

/** Exact sum or difference of two kept numbers. */
function added(left: Stored, right: Stored, sign: 1n | -1n): number | string {
  if (typeof left === "number" && typeof right === "number") {
    const sum = sign === 1n ? left + right : left - right;
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isSafeInteger(sum)) return sum;
  }
  const [one, other] = [scaled(decimalOf(left)), scaled(decimalOf(right))];
  const scale = Math.max(one.scale, other.scale);
  const raise = (part: { value: bigint; scale: number }): bigint =>
    part.value * 10n ** BigInt(scale - part.scale);
  return fromScaled(raise(one) + sign * raise(other), scale);
}

function multiplied(left: Stored, right: Stored): number | string {
  const [one, other] = [scaled(decimalOf(left)), scaled(decimalOf(right))];
  return fromScaled(one.value * other.value, one.scale + other.scale);
}

function divided(left: Stored, right: Stored): number | string {
  const [one, other] = [scaled(decimalOf(left)), scaled(decimalOf(right))];
  if (other.value === 0n) throw new OracleError(1476, "divisor is equal to zero");
  const extra = 80;
  const quotient = (one.value * 10n ** BigInt(extra + other.scale)) / other.value;
  return fromScaled(quotient, extra + one.scale);
}

function remainder(left: Stored, right: Stored): number | string {
  const [one, other] = [scaled(decimalOf(left)), scaled(decimalOf(right))];
  if (other.value === 0n) return storedNumber(decimalOf(left));
  const scale = Math.max(one.scale, other.scale);
  return fromScaled(
    (one.value * 10n ** BigInt(scale - one.scale)) % (other.value * 10n ** BigInt(scale - other.scale)),
    scale,
  );
}

function plus(left: Stored, right: Stored): Stored {
  if (isMomentValue(left)) return addDays(left, numberOf(right));
  if (isMomentValue(right)) return addDays(right, numberOf(left));
  return added(left, right, 1n);
}

function minus(left: Stored, right: Stored): Stored {
  if (isMomentValue(left))
    return isMomentValue(right) ? daysBetween(left, right) : addDays(left, -numberOf(right));
  return added(left, right, -1n);
}

function toward(value: Stored, up: boolean): number | string {
  const { value: whole, scale } = scaled(decimalOf(value));
  const unit = 10n ** BigInt(scale);
  const cut = whole / unit;
  const rest = whole % unit;
  return fromScaled(cut + (up && rest > 0n ? 1n : !up && rest < 0n ? -1n : 0n), 0);
}

const two = (run: (left: Stored, right: Stored) => Stored): SqlFunction => ({
  gives: "number",
  strict: 2,
  run: (left, right) => run(left ?? null, right ?? null),
});
const one = (run: (value: number) => number): SqlFunction => ({
  gives: "number",
  strict: 1,
  run: (value) => run(numberOf(value)),
});

/** Compares kept values as Oracle does: numbers by value, all else by its text. */
function compare(left: Stored, right: Stored): number {
  if (typeof left === "number" || isExact(left)) return numberOf(left) - numberOf(right);
  const [a, b] = isMomentValue(left) ? [left, String(right)] : [textOf(left), textOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function isExact(value: Stored): boolean {
  return typeof value === "string" && value.charCodeAt(0) === 3;
}

function best(args: Stored[], sign: 1 | -1): Stored {
  if (args.includes(null)) return null;
  return args.reduce((left, right) => (compare(left, right) * sign >= 0 ? left : right));
}

/** Functions and operators of numbers. */
export const NUMBER_FUNCTIONS: Record<string, SqlFunction> = {
  ADD: two(plus),
  SUB: two(minus),
  MUL: two(multiplied),
  DIV: two(divided),
  MOD: two(remainder),
  POWER: two((left, right) => numberOf(left) ** numberOf(right)),
  ABS: { gives: "number", strict: 1, run: (value) => storedNumber({ ...decimalOf(value), negative: false }) },
  SIGN: one(Math.sign),
  SQRT: one(Math.sqrt),
  EXP: one(Math.exp),
  LN: one(Math.log),
  CEIL: { gives: "number", strict: 1, run: (value) => toward(value ?? null, true) },
  FLOOR: { gives: "number", strict: 1, run: (value) => toward(value ?? null, false) },
  GREATEST: { gives: "widest", strict: 1, run: (...args) => best(args, 1) },
  LEAST: { gives: "widest", strict: 1, run: (...args) => best(args, -1) },
  TO_NUMBER: {
    gives: "number",
    strict: 1,
    run: (value) => storedNumber(decimalOf(typeof value === "string" ? value.replaceAll(",", "") : value)),
  },
  BITAND: two((left, right) => Number(BigInt(numberOf(left)) & BigInt(numberOf(right)))),
};

interface Sum {
  total: number | string;
  count: number;
}

/** SUM and AVG that stay exact for numbers a double cannot hold. */
export function registerAggregates(database: DatabaseSync): void {
  const step = (state: unknown, value: unknown): Sum => {
    const sum = (state ?? { total: 0, count: 0 }) as Sum;
    if (value === null) return sum;
    return { total: added(sum.total, value as Stored, 1n), count: sum.count + 1 };
  };
  const start = (): Sum => ({ total: 0, count: 0 });
  database.aggregate("ORA_SUM", {
    start: start as never,
    step: step as never,
    result: ((sum: Sum) => (sum.count === 0 ? null : sum.total)) as never,
  });
  database.aggregate("ORA_AVG", {
    start: start as never,
    step: step as never,
    result: ((sum: Sum) => (sum.count === 0 ? null : divided(sum.total, sum.count))) as never,
  });
}
