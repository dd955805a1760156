import { type Answer, type AreaRecord, ERROR_NAMES, type PageRecord } from "./answer.ts";

/** Whether `value`, which may come from anywhere, is an answer. It is looked at after every request: no schema is. */
export function isAnswer(value: unknown): value is Answer {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  switch (value.kind) {
    case "ok":
    case "fault":
      return true;
    case "truth":
      return "truth" in value && typeof value.truth === "boolean";
    case "address":
      return "address" in value && (value.address === null || typeof value.address === "number");
    case "area":
      return "area" in value && (value.area === null || isArea(value.area));
    case "areas":
      return "areas" in value && Array.isArray(value.areas) && value.areas.every(isArea);
    case "pages":
      return "pages" in value && Array.isArray(value.pages) && value.pages.every(isPage);
    case "bytes":
      return "bytes" in value && value.bytes instanceof Uint8Array;
    case "frames":
      return (
        "data" in value &&
        typeof value.data === "number" &&
        "table" in value &&
        typeof value.table === "number"
      );
    case "count":
      return "count" in value && typeof value.count === "number";
    case "err":
      return "name" in value && ERROR_NAMES.some((name) => name === value.name);
    case "panic":
      return "text" in value && typeof value.text === "string";
    default:
      return false;
  }
}

function isArea(value: unknown): value is AreaRecord {
  return hasNumbers(value, ["start", "end", "flags"]) && "backend" in value && isBackend(value.backend);
}

function isBackend(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  if (value.kind === "linear") return hasNumbers(value, ["physical"]);
  return value.kind === "mock" || value.kind === "alloc:eager" || value.kind === "alloc:lazy";
}

function isPage(value: unknown): value is PageRecord {
  if (!hasNumbers(value, ["addr", "flags"])) return false;
  return !("physical" in value) || value.physical === undefined || typeof value.physical === "number";
}

function hasNumbers(value: unknown, keys: readonly string[]): value is object {
  if (typeof value !== "object" || value === null) return false;
  return keys.every((key) => typeof Reflect.get(value, key) === "number");
}
