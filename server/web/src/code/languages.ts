/** Language modes of code, each loaded when it is first needed. */

import { indentUnit } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

/** The mode of a language as kinds name it; nothing for one that is not known. */
export async function languageFor(name: string): Promise<Extension> {
  if (/^py/i.test(name)) return [(await import("@codemirror/lang-python")).python(), indentUnit.of("    ")];
  if (/^(bun|deno|ts|typescript|native|node|js|javascript)/i.test(name)) {
    return (await import("@codemirror/lang-javascript")).javascript({ typescript: true, jsx: /x$/.test(name) });
  }
  switch (name) {
    case "postgresql":
    case "mysql":
    case "bigquery":
    case "snowflake":
    case "sql": {
      const { sql, PostgreSQL, MySQL, StandardSQL } = await import("@codemirror/lang-sql");
      return sql({ dialect: name === "postgresql" ? PostgreSQL : name === "mysql" ? MySQL : StandardSQL });
    }
    case "css":
      return (await import("@codemirror/lang-css")).css();
    case "json":
      return (await import("@codemirror/lang-json")).json();
    case "bash":
      return legacy((await import("@codemirror/legacy-modes/mode/shell")).shell);
    case "powershell":
      return legacy((await import("@codemirror/legacy-modes/mode/powershell")).powerShell);
    case "go":
      return legacy((await import("@codemirror/legacy-modes/mode/go")).go);
    case "rust":
      return legacy((await import("@codemirror/legacy-modes/mode/rust")).rust);
    default:
      return [];
  }
}

const TITLES: Record<string, string> = {
  python3: "Python",
  bun: "TypeScript (Bun)",
  deno: "TypeScript (Deno)",
  nativets: "TypeScript",
  typescript: "TypeScript",
  javascript: "JavaScript",
  postgresql: "PostgreSQL",
  mysql: "MySQL",
  bigquery: "BigQuery",
  snowflake: "Snowflake",
  sql: "SQL",
  css: "CSS",
  tsx: "TSX",
  php: "PHP",
  graphql: "GraphQL",
  json: "JSON",
  bash: "Bash",
  powershell: "PowerShell",
  go: "Go",
  rust: "Rust",
};

/** What people call a language; one that is not known by its own name. */
export function languageTitle(name: string): string {
  return TITLES[name] ?? name;
}

async function legacy(mode: import("@codemirror/language").StreamParser<unknown>): Promise<Extension> {
  const { StreamLanguage } = await import("@codemirror/language");
  return StreamLanguage.define(mode);
}
