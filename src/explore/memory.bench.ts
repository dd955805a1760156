/**
 * Whether a search holds more memory the longer it runs: half an hour of it unless told otherwise, sampled sixty times.
 *
 *     npm run soak:memory -- [memory-set|address-space] [minutes]
 *
 * The exit status is 1 if it does.
 */
import { STACK } from "../subjects/registry.ts";
import { campaignOf, memoryOf } from "./memory.fixture.ts";

const SAMPLES = 60;

const [surface = "address-space", minutes = "30"] = process.argv.slice(2);
const { subject } = STACK[surface === "memory-set" ? "memory-set" : "address-space"];
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
const budget = { runs: Number.POSITIVE_INFINITY, seconds: Number(minutes) * 60 };
const trend = await memoryOf(campaignOf(subject), budget, SAMPLES, (bytes) => {
  process.stdout.write(`${mebibytes(bytes)}\n`);
});
const { before, after, chance, grows } = trend;
process.stdout.write(
  `without the first third: medians of the halves ${mebibytes(before)} and ${mebibytes(after)}, ` +
    `by chance with probability ${chance.toPrecision(2)}: ${grows ? "it grows" : "it doesn't grow"}\n`,
);
process.exitCode = grows ? 1 : 0;
