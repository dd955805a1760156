const TEN = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "ten"];

const { MAPCHECK_SEEDS } = process.env;

/** The seeds under which planted defects are searched for: ten, or the first few if the environment says how many. */
export const SEEDS = TEN.slice(0, Number(MAPCHECK_SEEDS ?? TEN.length));
