/**
 * The URL of a module that threads can run, for that of one of ours: where it is TypeScript they have to learn to read that
 * first.
 */
export function workerModule(url: string): string {
  if (url.endsWith(".js")) return url;
  const lines = [
    `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))};`,
    "register();",
    `export default (await import(${JSON.stringify(url)})).default;`,
  ];
  return `data:text/javascript,${encodeURIComponent(lines.join(""))}`;
}
