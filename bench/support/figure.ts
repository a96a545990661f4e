import type { Bench } from "./bench.ts";
import { median } from "./statistics.ts";

/** One row of speed.md: measures one or more figures. */
export interface Row {
  /** E.g. `S1`: what `--only` names. */
  readonly id: string;
  readonly what: string;
  /** Gives each figure as soon as it is there. */
  measure(bench: Bench): AsyncIterable<Figure>;
}

/** Raw numbers of one figure, in its unit, in the order they were taken. */
interface Raw {
  ours: number[];
  /** Prefect's own worker at its defaults. */
  peer: number[];
  /** The same, polling every second. */
  peerTuned: number[];
  /** The least that the server itself allows. */
  floor: number[];
}

/** One line of the results: medians of the raw numbers, and whether the target is met. */
export interface Figure {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly ours: number | null;
  readonly peer: number | null;
  readonly peerTuned: number | null;
  readonly floor: number | null;
  /** ours / peer. */
  readonly ratio: number | null;
  /** ours / floor. */
  readonly ratioToFloor: number | null;
  /** In words, as it was set beforehand. */
  readonly target: string;
  readonly met: boolean;
  readonly raw: Raw;
  /** What else was seen, a sentence each. */
  readonly notes: string[];
}

/** The medians and ratios that a target is judged by; null where nothing was measured. */
type Medians = Pick<Figure, "ours" | "peer" | "peerTuned" | "floor" | "ratio" | "ratioToFloor">;

/** Makes a figure of raw numbers. @param isMet  judges the medians; a missing one never meets a target */
export function figure(
  head: Pick<Figure, "id" | "what" | "unit" | "target">,
  measured: Partial<Raw>,
  isMet: (medians: { [Name in keyof Medians]: number }) => boolean,
  notes: string[] = [],
): Figure {
  const raw = { ours: [], peer: [], peerTuned: [], floor: [], ...measured };
  const [ours, peer, peerTuned, floor] = [raw.ours, raw.peer, raw.peerTuned, raw.floor].map(median) as [
    number | null,
    number | null,
    number | null,
    number | null,
  ];
  const medians = { ours, peer, peerTuned, floor, ratio: over(ours, peer), ratioToFloor: over(ours, floor) };
  const judged = Object.fromEntries(
    Object.entries(medians).map(([name, value]) => [name, value ?? Number.NaN]),
  ) as { [Name in keyof Medians]: number };
  return { ...head, ...medians, met: isMet(judged), raw, notes };
}

function over(above: number | null, below: number | null): number | null {
  return above === null || below === null || below === 0 ? null : above / below;
}
